"""What has been kept long enough: the schedule of the policy over the data map, and how rows come to their end."""
