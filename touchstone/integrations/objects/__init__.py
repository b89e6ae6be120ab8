"""Where the bytes of stored files lie: a folder, or a bucket that speaks S3."""

from touchstone.integrations.objects.folder import FolderStore
from touchstone.integrations.objects.s3 import Bucket, S3Store
from touchstone.integrations.objects.store import ObjectStore

__all__ = ["Bucket", "FolderStore", "ObjectStore", "S3Store"]
