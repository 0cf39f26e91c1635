namespace CodRetrieve.Service.Requests;

/// <summary>Which instances of the studies are wanted.</summary>
/// <param name="Where">A condition on attributes, such as <c>Modality=CT and SliceThickness &lt; 1.5</c>.</param>
/// <param name="Series">The Series Instance UIDs; of none, every one counts.</param>
/// <param name="Instances">The SOP Instance UIDs; of none, every one counts.</param>
/// <param name="Whole">What is wanted as a whole where one instance of it meets the condition.</param>
/// <param name="Unknown">What becomes of an instance of which it is not known whether it meets the condition.</param>
internal sealed record SelectionModel(
    string? Where = null, IReadOnlyList<string>? Series = null, IReadOnlyList<string>? Instances = null,
    SelectionScope Whole = SelectionScope.Instance, UnknownPolicy? Unknown = null)
{
    /// <exception cref="RequestRefusedException">A condition or a UID is none.</exception>
    public Selection ToSelection()
    {
        if ((Series ?? []).Concat(Instances ?? []).Any(static uid => uid is null || !StudySpool.IsUid(uid)))
        {
            throw new RequestRefusedException(RefusalKind.Invalid, "The selection has a series or an instance that is no UID: letters, digits, dots, dashes and underscores.");
        }

        try
        {
            var selection = Unknown is { } unknown
                ? new Selection { Series = Series ?? [], Instances = Instances ?? [], Whole = Whole, Unknown = unknown }
                : new Selection { Series = Series ?? [], Instances = Instances ?? [], Whole = Whole };
            return string.IsNullOrWhiteSpace(Where) ? selection : selection.Where(Where);
        }
        catch (Exception e) when (e is FormatException or ArgumentException)
        {
            throw new RequestRefusedException(RefusalKind.Invalid, $"The condition cannot be read: {e.Message}", e);
        }
    }
}
