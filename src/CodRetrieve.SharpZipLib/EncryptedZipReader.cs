using System.Text;
using ICSharpCode.SharpZipLib.Zip;

namespace CodRetrieve.Saving;

/// <summary>Opens and reads a zip whose entries may be encrypted. Its exceptions are those that any file has.</summary>
internal static class EncryptedZipReader
{
    /// <summary>The identifier, in extra fields, of the mark that an entry gets when it is written: random, and so a sign that it is still the same.</summary>
    private const ushort MarkId = 0x4352;
    private const int MarkBytes = sizeof(uint);

    /// <summary>Opens a zip so far that its list of entries is known to be whole.</summary>
    /// <exception cref="IOException">It cannot be opened.</exception>
    /// <exception cref="InvalidDataException">It is no zip, or not a whole one.</exception>
    public static ZipFile Open(string path, string? password)
    {
        var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        try
        {
            return new ZipFile(file, leaveOpen: false, StringCodec.FromEncoding(Encoding.UTF8)) { Password = password };
        }
        catch (Exception e)
        {
            file.Dispose();
            throw e is ZipException or EndOfStreamException or ArgumentException or OverflowException
                ? new InvalidDataException($"{path} is no zip, or not a whole one.", e)
                : e;
        }
    }

    /// <summary>Opens an entry.</summary>
    /// <exception cref="IOException">It was encrypted with another password.</exception>
    /// <exception cref="InvalidDataException">It is damaged.</exception>
    public static Stream OpenEntry(ZipFile zip, ZipEntry entry, string path)
    {
        try
        {
            return new EntryStream(zip.GetInputStream(entry), entry);
        }
        catch (ZipException e) when (entry.IsCrypted && e.Message.Contains("password", StringComparison.OrdinalIgnoreCase))
        {
            throw new IOException($"{path} was encrypted with another password. Give that one, or move the zip away.", e);
        }
        catch (ZipException e)
        {
            throw new InvalidDataException($"{entry.Name} is damaged.", e);
        }
    }

    /// <summary>The mark of an entry; <see langword="null"/> for one that another program wrote.</summary>
    public static uint? MarkOf(ZipEntry entry)
    {
        using var extra = new ZipExtraData(entry.ExtraData ?? []);
        return extra.Find(MarkId) && extra.ValueLength == MarkBytes ? unchecked((uint)extra.ReadInt()) : null;
    }

    /// <summary>Marks an entry.</summary>
    public static void SetMark(ZipEntry entry, uint mark)
    {
        using var extra = new ZipExtraData();
        extra.AddEntry(MarkId, BitConverter.GetBytes(mark));
        entry.ExtraData = extra.GetEntryData();
    }

    // The library checks neither the size of an entry nor the CRC-32 of one that is not encrypted.
    private sealed class EntryStream(Stream inner, ZipEntry entry) : Stream
    {
        private readonly ICSharpCode.SharpZipLib.Checksum.Crc32 _crc = new();
        private long _count;

        public override bool CanRead => true;

        public override bool CanSeek => false;

        public override bool CanWrite => false;

        public override long Length => entry.Size;

        public override long Position
        {
            get => _count;
            set => throw new NotSupportedException();
        }

        public override int Read(byte[] buffer, int offset, int count)
        {
            try
            {
                var read = inner.Read(buffer, offset, count);
                _crc.Update(new ArraySegment<byte>(buffer, offset, read));
                _count += read;
                if (read == 0 && count > 0 && (_count != entry.Size || (!entry.IsCrypted && (uint)_crc.Value != (uint)entry.Crc)))
                {
                    throw new InvalidDataException($"{entry.Name} is damaged.");
                }

                return read;
            }
            catch (Exception e) when (e is ICSharpCode.SharpZipLib.SharpZipBaseException or EndOfStreamException or IndexOutOfRangeException)
            {
                throw new InvalidDataException($"{entry.Name} is damaged.", e);
            }
        }

        public override void Flush()
        {
        }

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();

        public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

        protected override void Dispose(bool disposing)
        {
            if (disposing)
            {
                inner.Dispose();
            }

            base.Dispose(disposing);
        }
    }
}
