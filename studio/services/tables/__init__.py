"""Tables: read, profiled and compared by a process of their own."""
