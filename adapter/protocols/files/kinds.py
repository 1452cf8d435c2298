"""What a file is, by the end of its name: Content-Type. One table, so that no machine's own tables change what is told."""

from typing import Final

UNKNOWN: Final = "application/octet-stream"

_KINDS: Final = {
    "text/html": "html htm",
    "text/css": "css",
    "text/javascript": "js mjs",  # RFC 9239
    "text/plain": "txt text log conf ini",
    "text/markdown": "md",
    "text/csv": "csv",
    "text/calendar": "ics",
    "text/vtt": "vtt",
    "text/xml": "xml xsl",
    "application/json": "json map",
    "application/manifest+json": "webmanifest",
    "application/xhtml+xml": "xhtml",
    "application/atom+xml": "atom",
    "application/rss+xml": "rss",
    "application/wasm": "wasm",
    "application/pdf": "pdf",
    "application/zip": "zip",
    "application/gzip": "gz tgz",
    "application/x-bzip2": "bz2",
    "application/x-xz": "xz",
    "application/zstd": "zst",
    "application/x-tar": "tar",
    "application/x-7z-compressed": "7z",
    "application/epub+zip": "epub",
    "application/rtf": "rtf",
    "application/msword": "doc",
    "application/vnd.ms-excel": "xls",
    "application/vnd.ms-powerpoint": "ppt",
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document": "docx",
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet": "xlsx",
    "application/vnd.openxmlformats-officedocument.presentationml.presentation": "pptx",
    "application/vnd.oasis.opendocument.text": "odt",
    "application/vnd.oasis.opendocument.spreadsheet": "ods",
    "application/vnd.ms-fontobject": "eot",
    "font/woff": "woff",
    "font/woff2": "woff2",
    "font/ttf": "ttf",
    "font/otf": "otf",
    "image/png": "png",
    "image/apng": "apng",
    "image/jpeg": "jpg jpeg jpe",
    "image/gif": "gif",
    "image/webp": "webp",
    "image/avif": "avif",
    "image/bmp": "bmp",
    "image/tiff": "tif tiff",
    "image/svg+xml": "svg",
    "image/vnd.microsoft.icon": "ico",
    "audio/mpeg": "mp3",
    "audio/mp4": "m4a",
    "audio/aac": "aac",
    "audio/flac": "flac",
    "audio/ogg": "ogg oga opus",
    "audio/wav": "wav",
    "audio/midi": "mid midi",
    "video/mp4": "mp4 m4v",
    "video/mpeg": "mpeg mpg",
    "video/webm": "webm",
    "video/ogg": "ogv",
    "video/quicktime": "mov",
    "video/x-msvideo": "avi",
    "video/mp2t": "ts",
    "application/vnd.apple.mpegurl": "m3u8",
}
_BY_END: Final = {end: kind for kind, ends in _KINDS.items() for end in ends.split()}


def kind(name: str) -> str:
    """The media type; UNKNOWN when the name does not say."""
    stem, dot, end = name.rpartition(".")
    return _BY_END.get(end.lower(), UNKNOWN) if dot and stem else UNKNOWN
