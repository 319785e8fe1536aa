"""What scripts/check-blob-leases runs."""

import sys
import uuid

from azure.core import MatchConditions
from azure.core.exceptions import HttpResponseError, ResourceExistsError, ResourceNotFoundError
from azure.storage.blob import BlobLeaseClient, BlobServiceClient

account = f"{sys.argv[1]}/devaccount"
# Any key: the emulator has none to compare it with.
key = {"account_name": "devaccount", "account_key": "bm90IGEga2V5"}
service = BlobServiceClient(account, credential=key, retry_total=0)


def check(what, is_so):
    if not is_so:
        sys.exit(f"Not so: {what}")
    print(what)


def refused(code, ask):
    try:
        ask()
    except HttpResponseError as error:
        return getattr(error.error_code, "value", error.error_code) == code
    return False


name = f"locks{uuid.uuid4().hex[:8]}"
container = service.get_container_client(name)
check("a container that nobody made is not there", not container.exists())
container.create_container()
check("a container is there once it was made", container.exists())
check(
    "it is not made twice",
    refused("ContainerAlreadyExists", container.create_container),
)

blob = container.get_blob_client("a folder/prod.lock")
check("a blob that nobody put is not there", not blob.exists())
check("nor read", refused("BlobNotFound", blob.download_blob))
first = blob.upload_blob(b"one", metadata={"team": "ml"})
check("what was put is read", blob.download_blob().readall() == b"one")
properties = blob.get_blob_properties()
check("with its size", properties.size == 3)
check("its version", properties.etag == first["etag"])
check("its metadata", properties.metadata == {"team": "ml"})
check("and no lease", properties.lease.state == "available")
check("it is not put twice", refused("BlobAlreadyExists", lambda: blob.upload_blob(b"two")))
empty = container.get_blob_client("empty")
empty.upload_blob(b"")
check("an empty one is read", empty.download_blob().readall() == b"")
check("a part is read", blob.download_blob(offset=1, length=1).readall() == b"n")
check(
    "the list has both, in order",
    [item.name for item in container.list_blobs()] == ["a folder/prod.lock", "empty"],
)
check(
    "and is cut by a prefix, page by page",
    [item.name for page in container.list_blobs("e", results_per_page=1).by_page() for item in page]
    == ["empty"],
)


def put(content, **options):
    return blob.upload_blob(content, overwrite=True, **options)


unchanged = {"etag": first["etag"], "match_condition": MatchConditions.IfNotModified}
second = put(b"two", **unchanged)
check("a put over the version that was read is done", second["etag"] != first["etag"])
check("and over another one is not", refused("ConditionNotMet", lambda: put(b"x", **unchanged)))

lease = blob.acquire_lease(15, lease_id=str(uuid.uuid4()))
check("a lease is taken", blob.get_blob_properties().lease.state == "leased")
check("by one only", refused("LeaseAlreadyPresent", lambda: blob.acquire_lease(60)))
blob.acquire_lease(30, lease_id=lease.id)
check("who has it may take it again", True)
check("without it nothing is put", refused("LeaseIdMissing", lambda: put(b"x")))
other = BlobLeaseClient(blob, str(uuid.uuid4()))
check(
    "nor with another one",
    refused("LeaseIdMismatchWithBlobOperation", lambda: put(b"x", lease=other)),
)
check("nor is it removed", refused("LeaseIdMissing", blob.delete_blob))
put(b"three", lease=lease)
check("with it something is", blob.download_blob().readall() == b"three")
lease.renew()
check("it is renewed", blob.get_blob_properties().lease.status == "locked")
check("by its holder only", refused("LeaseIdMismatchWithLeaseOperation", other.renew))
lease.change(str(uuid.uuid4()))
check("it changes its name", lease.id != other.id)
former = BlobLeaseClient(blob, lease.id)
lease.release()
check("it is given back", blob.get_blob_properties().lease.state == "available")
check("once", refused("LeaseIdMismatchWithLeaseOperation", former.release))

lease = blob.acquire_lease(60)
check("broken slowly it keeps others out", BlobLeaseClient(blob).break_lease(20) == 20)
check("a broken one", blob.get_blob_properties().lease.state == "breaking")
check("is not renewed", refused("LeaseIsBrokenAndCannotBeRenewed", lease.renew))
check("nor taken", refused("LeaseAlreadyPresent", lambda: blob.acquire_lease(60)))
check("broken at once it is over", BlobLeaseClient(blob).break_lease(0) == 0)
check("and broken", blob.get_blob_properties().lease.state == "broken")
check("a put under it is refused", refused("LeaseLost", lambda: put(b"x", lease=lease)))
lease = blob.acquire_lease(-1)
check("one may be for ever", blob.get_blob_properties().lease.duration == "infinite")
blob.delete_blob(lease=lease)
check("a blob is removed under its lease", not blob.exists())
check("and gone", refused("BlobNotFound", blob.delete_blob))
container.delete_container()
check("and so is a container", not container.exists())
