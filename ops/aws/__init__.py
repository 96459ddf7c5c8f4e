"""AWS, as operators reach it: the session, what is deployed, and what its errors mean.

boto3 is slow to load and loaded when a session is made: commands that need no AWS stay fast.
"""
