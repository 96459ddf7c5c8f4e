"""Access to AWS for the commands: the session, the deployment, and what AWS's errors mean.

boto3 is slow to import, so a session imports it when it is created. Commands that don't call AWS stay fast.
"""
