"""Problems of other judges: a module reads each kind into a draft, one writes packages."""
