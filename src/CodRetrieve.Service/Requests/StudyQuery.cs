using CodRetrieve.Service.Ledger;

namespace CodRetrieve.Service.Requests;

/// <summary>Which studies of a request are listed.</summary>
internal sealed record StudyQuery(StudyState? State = null, string? After = null, int Size = 100);
