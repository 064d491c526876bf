"""What the company and the authority keep: records of processing, transfers, processors and impact assessments."""
