"""Files by way of Hadoop's FileSystem, so that file:, hdfs: and s3: are one thing."""
import collections
import concurrent.futures
import os
import re

from py4j.protocol import Py4JJavaError

from shop_tables import JobError

OBJECT_STORES = ("s3", "s3a", "s3n")
FOOTER_THREADS = 8

Entry = collections.namedtuple("Entry", "path name size mtime folder")
Footer = collections.namedtuple("Footer", "schema rows")


def uri(text):
    """An absolute URI without a slash at its end: /a/b and file:/a/b become file:///a/b."""
    match = re.match(r"([a-z][a-z0-9+.-]*):/*(.*)\Z", text)
    if not match:
        return "file://" + os.path.abspath(text)
    if match[1] == "file":
        return "file:///" + match[2].strip("/")
    slashes = "///" if text.startswith(match[1] + ":///") else "://"  # hdfs:///a has no host
    return match[1] + slashes + match[2].rstrip("/")


def java_reason(error):
    """The first line of what Java says, without its trace."""
    if isinstance(error, Py4JJavaError):
        cause = error.java_exception
        while cause.getCause() is not None:
            cause = cause.getCause()
        return str(cause.toString()).splitlines()[0]
    return (str(error).splitlines() or [type(error).__name__])[0]


class Files:
    """Paths given and returned are URIs as `uri` makes them."""

    def __init__(self, spark):
        self.jvm = spark.sparkContext._jvm
        self.conf = spark.sparkContext._jsc.hadoopConfiguration()

    def _path(self, path):
        return self.jvm.org.apache.hadoop.fs.Path(path)

    def _system(self, path):
        """Local files without Hadoop's .crc companions: two files cannot be replaced as one."""
        system = self._path(path).getFileSystem(self.conf)
        return system.getRawFileSystem() if path.startswith("file:") else system

    def exists(self, path):
        return self._system(path).exists(self._path(path))

    def read_text(self, path):
        """The text of a file, or None where there is none."""
        try:
            stream = self._system(path).open(self._path(path))
        except Py4JJavaError as error:
            if "FileNotFoundException" in error.java_exception.toString():
                return None
            raise
        try:
            return self.jvm.org.apache.commons.io.IOUtils.toString(stream, "UTF-8")
        finally:
            stream.close()

    def _write(self, path, text):
        stream = self._system(path).create(self._path(path), True)
        try:
            stream.write(bytearray(text.encode()))
        finally:
            stream.close()

    def replace_text(self, path, text):
        """Readers see the old or the new text. An object store puts an object whole; elsewhere a rename does it."""
        scheme = path.split(":")[0]
        if scheme in OBJECT_STORES:
            return self._write(path, text)
        beside = path.rsplit("/", 1)[0] + "/.next-" + path.rsplit("/", 1)[1]
        self._write(beside, text)
        if scheme == "file":
            if not self._system(path).rename(self._path(beside), self._path(path)):
                raise JobError(f"cannot replace {path}")
            return None
        option = self.jvm.org.apache.hadoop.fs.Options.Rename.OVERWRITE
        options = self.jvm.java.lang.reflect.Array.newInstance(option.getClass(), 1)
        self.jvm.java.lang.reflect.Array.set(options, 0, option)
        context = self.jvm.org.apache.hadoop.fs.FileContext.getFileContext(self._path(path).toUri(), self.conf)
        context.rename(self._path(beside), self._path(path), options)
        return None

    def delete(self, path, recursive=False):
        """With the companions that Hadoop itself has written beside it."""
        self._path(path).getFileSystem(self.conf).delete(self._path(path), recursive)

    def _entry(self, status, folder=False):
        path = status.getPath()
        return Entry(uri(path.toString()), path.getName(), 0 if folder else status.getLen(),
                     0 if folder else status.getModificationTime(), folder)

    def children(self, path):
        """What a folder holds; nothing where there is no folder."""
        try:
            found = self._system(path).listStatus(self._path(path))
        except Py4JJavaError as error:
            if "FileNotFoundException" in error.java_exception.toString():
                return []
            raise
        return [self._entry(s, s.isDirectory()) for s in found]

    def below(self, path):
        """Every file below a folder, in one flat listing."""
        try:
            found = self._system(path).listFiles(self._path(path), True)
        except Py4JJavaError as error:
            if "FileNotFoundException" in error.java_exception.toString():
                return []
            raise
        entries = []
        while found.hasNext():
            entries.append(self._entry(found.next()))
        return entries

    def _footer(self, path):
        parquet = self.jvm.org.apache.parquet.hadoop
        try:
            file = parquet.util.HadoopInputFile.fromPath(self._path(path), self.conf)
            reader = parquet.ParquetFileReader.open(file)
            try:
                return Footer(reader.getFileMetaData().getSchema().toString(), reader.getRecordCount())
            finally:
                reader.close()
        except Py4JJavaError as error:
            raise JobError(f"{path} cannot be read as Parquet: {java_reason(error)}") from None

    def footers(self, paths):
        """Schema and row count of Parquet files; a damaged one is named."""
        with concurrent.futures.ThreadPoolExecutor(FOOTER_THREADS) as pool:
            return dict(zip(paths, pool.map(self._footer, paths)))
