"""Files as answers, pure: which path is asked for, whether the client has it already, which part of it is wanted, what it is."""
