using System.Buffers;
using System.Buffers.Binary;
using System.Text;
using CodRetrieve.Dicom;

namespace CodRetrieve.Dimse;

/// <summary>What the file meta information (DICOM PS3.10, section 7.1) of an instance says that a C-STORE needs.</summary>
internal readonly record struct PartTenFile(string SopInstanceUid, PresentationContext Context)
{
    /// <summary>The limit of preamble and meta information together.</summary>
    public const int MaxMetaBytes = 64 * 1024;

    private const int PreambleBytes = 128;

    // What stands before the UIDs of study and series in a data set is hardly ever more; all of it is kept in memory.
    private const int DataSetPrefixBytes = 48 * 1024;

    /// <summary>The Study Instance UID of the data set; <see langword="null"/> where it was not found.</summary>
    public string? StudyInstanceUid { get; init; }

    /// <summary>The Series Instance UID of the data set; <see langword="null"/> where it was not found.</summary>
    public string? SeriesInstanceUid { get; init; }

    /// <summary>Reads to the first byte of the data set, where the content is when the call returns.</summary>
    /// <exception cref="DimseException">The content is not a Part 10 file.</exception>
    public static async ValueTask<PartTenFile> ReadAsync(ReplayableContent content, CancellationToken cancellationToken)
    {
        var buffer = new byte[PreambleBytes + 4];
        if (!await content.TryReadExactlyAsync(buffer, cancellationToken).ConfigureAwait(false) || !buffer.AsSpan(PreambleBytes).SequenceEqual("DICM"u8))
        {
            throw Invalid(content.Name, "it has no preamble with the prefix DICM");
        }

        string? sopClass = null, sopInstance = null, transferSyntax = null;
        long dataSet;
        while (true)
        {
            var start = content.Position;
            if (!await content.TryReadExactlyAsync(buffer.AsMemory(0, 8), cancellationToken).ConfigureAwait(false))
            {
                throw Invalid(content.Name, "it ends before its data set");
            }

            if (BinaryPrimitives.ReadUInt16LittleEndian(buffer) != 0x0002)
            {
                content.BeginDataSetAt(start);
                dataSet = start;
                break;
            }

            var element = BinaryPrimitives.ReadUInt16LittleEndian(buffer.AsSpan(2));
            long length = BinaryPrimitives.ReadUInt16LittleEndian(buffer.AsSpan(6));
            if (Encoding.ASCII.GetString(buffer, 4, 2) is "OB" or "UN" or "OW" or "SQ" or "UC" or "UR" or "UT")
            {
                if (!await content.TryReadExactlyAsync(buffer.AsMemory(8, 4), cancellationToken).ConfigureAwait(false))
                {
                    throw Invalid(content.Name, "it ends within its meta information");
                }

                length = BinaryPrimitives.ReadUInt32LittleEndian(buffer.AsSpan(8));
            }

            if (content.Position + length > MaxMetaBytes)
            {
                throw Invalid(content.Name, $"its meta information has more than {MaxMetaBytes} bytes");
            }

            var value = new byte[length];
            if (!await content.TryReadExactlyAsync(value, cancellationToken).ConfigureAwait(false))
            {
                throw Invalid(content.Name, "it ends within its meta information");
            }

            switch (element)
            {
                case 0x0002:
                    sopClass = Uid(value);
                    break;
                case 0x0003:
                    sopInstance = Uid(value);
                    break;
                case 0x0010:
                    transferSyntax = Uid(value);
                    break;
            }
        }

        if (sopClass is null || sopInstance is null || transferSyntax is null)
        {
            throw Invalid(content.Name, "its meta information lacks a valid SOP Class UID (0002,0002), SOP Instance UID (0002,0003) or Transfer Syntax UID (0002,0010)");
        }

        // The Affected SOP Class and Instance UIDs are those of the data set (PS3.4, B.2.1); those of the meta information are others in files that were changed carelessly.
        var prefix = ArrayPool<byte>.Shared.Rent(DataSetPrefixBytes);
        try
        {
            var count = await content.FillAsync(prefix.AsMemory(0, DataSetPrefixBytes), cancellationToken).ConfigureAwait(false);
            content.BeginDataSetAt(dataSet);
            var uids = DataSetUids.Find(prefix.AsSpan(0, count), transferSyntax);
            return new PartTenFile(uids.SopInstance ?? sopInstance, new PresentationContext(uids.SopClass ?? sopClass, transferSyntax)) { StudyInstanceUid = uids.Study, SeriesInstanceUid = uids.Series };
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(prefix);
        }
    }

    // What a UID may hold (DICOM PS3.5, section 9.1), so that nothing else comes into a PDU or a message.
    private static string? Uid(byte[] value)
    {
        var uid = Encoding.ASCII.GetString(value).TrimEnd('\0', ' ');
        return DicomUid.IsUid(uid) ? uid : null;
    }

    private static DimseException Invalid(string name, string what) =>
        new($"{name} is not a DICOM Part 10 file that can be sent: {what}. Correct the instance in the store, or leave it out of the selection.");
}
