"""Loops. They fetch facts, ask what to do, and do it: master, preloader, worker, inetd."""
