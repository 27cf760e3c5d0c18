"""What AWS would report about a CA's CRLs through CloudWatch and EventBridge, kept in the store instead.

Kinds are the names of CloudWatch metrics, details the reasons that EventBridge gives.
Source: AWS Private CA User Guide, "CloudWatch metrics" and "Using EventBridge" (facts, section 5.3).
"""

CRL_GENERATED = "CRLGenerated"
MISCONFIGURED_CRL_BUCKET = "MisconfiguredCRLBucket"

SUCCESS = "success"
FAILURE = "failure"

BUCKET_REFUSED = "Failed to write CRL to S3. Check your S3 bucket permissions."
WRITING_FAILED = "Failed to write CRL to S3. Internal failure."
GENERATION_FAILED = "Failed to generate CRL. Internal failure."
