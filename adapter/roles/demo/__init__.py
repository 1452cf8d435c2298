"""`adapter demo`: the tour. A real supervisor in a directory of its own, the sample application, visitors who count."""
