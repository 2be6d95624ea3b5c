"""Methods about files: the two steps of an external upload."""

from playground.model import Json, SlackError
from playground.posting import Posting, post_as_app
from playground.webapi.registry import Call, invalid, method


@method("files.getUploadURLExternal", "files:write")
def files_get_upload_url(call: Call) -> Json:
    """An address to which the file's content is then posted."""
    name = call.args.need("filename")
    length = call.args.number("length", 0, 1, 1_000_000_000)
    file = call.workspace.files.announce(name, length, call.bot)
    return {"upload_url": f"{call.workspace.base_url}files/upload/{file.id}", "file_id": file.id}


@method("files.completeUploadExternal", "files:write")
def files_complete_upload(call: Call) -> Json:
    """Share uploaded files in a conversation, as one message."""
    wanted = call.args.structure("files")
    if not isinstance(wanted, list) or not wanted:
        raise invalid("missing required field: files")
    files = [call.workspace.files.get(str(one.get("id"))) for one in wanted]
    if any(file.content is None for file in files):
        raise SlackError("file_not_found")
    for file, given in zip(files, wanted, strict=True):
        file.title = str(given.get("title") or file.name)
    if call.args.text("channel_id"):
        channel = call.own_channel("channel_id")
        posting = Posting(
            channel=channel.id,
            text=call.args.text("initial_comment") or "",
            thread_ts=call.args.text("thread_ts"),
            files=tuple(file.id for file in files),
        )
        post_as_app(call.workspace, posting)
    return {"files": [call.workspace.files.as_json(file.id) for file in files]}


@method("files.info", "files:read")
def files_info(call: Call) -> Json:
    """One file."""
    return {"file": call.workspace.files.as_json(call.args.need("file"))}
