"""Outside systems on loopback, as strict as the real ones: for tests, demos and trying things out.

Each is a real server with a page (``/_sim/``) that shows what it received and takes faults on
demand. They hold everything in memory and are never for the open network.
"""
