"""The formats: each makes drafts of its sources."""
