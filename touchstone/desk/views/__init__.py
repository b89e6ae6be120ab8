"""Pages of recruiters, interviewers, managers, administrators and auditors."""
