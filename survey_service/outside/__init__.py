"""Files from outside are parsed in a process of their own, with limits on time, memory and what it may answer."""
