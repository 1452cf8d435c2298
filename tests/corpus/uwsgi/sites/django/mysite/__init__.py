"""A project with the shape that django-admin startproject gives it."""
