"""Decisions. No clock, no socket, no process: facts in, orders out.

Wish (what the operator wants) and fact (what processes exist) are separate in the state; `master.step` closes the distance.
The promises kept here: a generation replaces another only when it is ready in every slot; an order of ours never empties
a serving slot; whoever was told to leave has a deadline; we exit only when no child is left.
"""
