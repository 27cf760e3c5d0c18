"""What the AWS CLI says when a region or credentials are missing, and our hint about what to do."""

from pcacli.errors import ConfigurationProblem

_LOCAL_HINT = "--local runs the command on the embedded authority of this machine instead."


def no_region() -> ConfigurationProblem:
    """Return the complaint that no region is set up."""
    return ConfigurationProblem(
        'You must specify a region. You can also configure your region by running "aws configure".',
        code="NoRegion",
        hint=f"Name a region with --region, AWS_REGION or the profile. {_LOCAL_HINT}",
    )


def no_credentials() -> ConfigurationProblem:
    """Return the complaint that no credentials are set up."""
    return ConfigurationProblem(
        'Unable to locate credentials. You can configure credentials by running "aws login".',
        code="NoCredentials",
        hint=f"Set AWS_PROFILE, or AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY. {_LOCAL_HINT}",
    )
