"""The state: jobs, their lives, and time. Knows nothing of HTTP."""
