namespace CodRetrieve.Saving;

/// <summary>Which instances of a series a save handler holds. Immutable and safe for use by several threads.</summary>
/// <remarks>UIDs are compared with <see cref="StringComparer.Ordinal"/>; those of instances that the series does not list are ignored.</remarks>
public sealed class SavedInstances
{
    private static readonly IReadOnlySet<string> Nothing = new HashSet<string>(StringComparer.Ordinal);

    /// <summary>Initializes a new instance of the <see cref="SavedInstances"/> class.</summary>
    /// <param name="sopInstanceUids">The SOP Instance UIDs of the instances that need not be fetched.</param>
    /// <exception cref="ArgumentNullException"><paramref name="sopInstanceUids"/> or one of its elements is <see langword="null"/>.</exception>
    public SavedInstances(IEnumerable<string> sopInstanceUids)
    {
        ArgumentNullException.ThrowIfNull(sopInstanceUids);
        var uids = new HashSet<string>(StringComparer.Ordinal);
        foreach (var uid in sopInstanceUids)
        {
            ArgumentNullException.ThrowIfNull(uid, nameof(sopInstanceUids));
            uids.Add(uid);
        }

        SopInstanceUids = uids;
    }

    /// <summary>Gets the value that says that nothing of the series is saved.</summary>
    public static SavedInstances None { get; } = new([]);

    /// <summary>Gets the SOP Instance UIDs of the instances that are saved and are not fetched.</summary>
    public IReadOnlySet<string> SopInstanceUids { get; }

    /// <summary>
    /// Gets those of <see cref="SopInstanceUids"/> that had no record of their saving and whose bytes were read and compared with the index, where that
    /// has a CRC32C. Empty by default.
    /// </summary>
    public IReadOnlySet<string> Adopted { get; init; } = Nothing;

    /// <summary>
    /// Gets the SOP Instance UIDs of the instances that are there with other bytes than the index lists. They are fetched and replaced, except for those
    /// that are in <see cref="SopInstanceUids"/>, too. Empty by default.
    /// </summary>
    public IReadOnlySet<string> Outdated { get; init; } = Nothing;

    /// <summary>
    /// Gets the SOP Instance UIDs of instances that the destination holds in the series and that the series does not list, such as those that were
    /// removed from the store. Empty by default.
    /// </summary>
    public IReadOnlyList<string> Unlisted { get; init; } = [];

    /// <summary>
    /// Gets a function that returns where a saved instance is, as <see cref="ISaveHandler.SaveAsync"/> would; called only where somebody wants to know, see <see cref="Job.Skipped"/>. Default
    /// <see langword="null"/>: that is not known.
    /// </summary>
    public Func<InstanceInfo, string>? Locate { get; init; }

    /// <summary>Returns whether an instance is saved.</summary>
    /// <param name="sopInstanceUid">The SOP Instance UID.</param>
    /// <returns><see langword="true"/> if <see cref="SopInstanceUids"/> contains it.</returns>
    public bool Contains(string sopInstanceUid) => SopInstanceUids.Contains(sopInstanceUid);
}
