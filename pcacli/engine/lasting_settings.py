"""What of a test store outlives its reset."""

from pcacli.engine import store_kind
from pcacli.engine.endpoint_setting import S3
from pcacli.engine.keys import places, source

NAMES = (*dict(store_kind.SETTINGS_OF_TEST_STORE), source.SETTING, *S3.names, *places.SETTINGS)
"""The names of the settings that stay."""
