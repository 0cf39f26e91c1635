namespace CodRetrieve.Dimse;

/// <summary>What an archive reports of a storage commitment: the instances by their SOP Instance UIDs.</summary>
/// <param name="Committed">Those that it holds for good.</param>
/// <param name="Failed">Those that it does not, with the Failure Reason (0008,1197), or 0 where it gives none.</param>
internal sealed record CommitmentReport(IReadOnlySet<string> Committed, IReadOnlyDictionary<string, int> Failed)
{
    /// <summary>Reads the event information of an N-EVENT-REPORT (DICOM PS3.4, table J.3-2).</summary>
    /// <returns>The transaction and the report; <see langword="null"/> where it names no transaction.</returns>
    /// <exception cref="AssociationException">The bytes are no data set.</exception>
    public static (string TransactionUid, CommitmentReport Report)? Read(ReadOnlySpan<byte> information)
    {
        string? transaction = null;
        var committed = new HashSet<string>(StringComparer.Ordinal);
        var failed = new Dictionary<string, int>(StringComparer.Ordinal);
        DataSetReader.Read(information, (tag, value) =>
        {
            switch (tag)
            {
                case Tags.TransactionUid:
                    transaction = DataSetReader.Uid(value);
                    break;
                case Tags.ReferencedSopSequence:
                    DataSetReader.ReadItems(value, item => Add(item, () => committed.Add(item.SopInstanceUid!)));
                    break;
                case Tags.FailedSopSequence:
                    DataSetReader.ReadItems(value, item => Add(item, () => failed[item.SopInstanceUid!] = item.FailureReason ?? 0));
                    break;
            }
        });

        // One in both sequences is not committed.
        committed.ExceptWith(failed.Keys);
        return transaction is null ? null : (transaction, new CommitmentReport(committed, failed));
    }

    private static void Add(DataSetValues item, Action add)
    {
        if (item.SopInstanceUid is not null)
        {
            add();
        }
    }
}
