using CodRetrieve.Cli.Options;

namespace CodRetrieve.Cli.Output;

/// <summary>Chooses the form of a listing.</summary>
internal static class ListWriter
{
    public static IListWriter Create(Request request, ListRequest list, TextWriter output) =>
        request.Quiet ? new SilentListWriter()
        : request.Json ? new ListJsonLines(output, list.Level)
        : list.Csv ? new ListCsv(output, list)
        : new ListTable(output, list);

    private sealed class SilentListWriter : IListWriter
    {
        public void Write(ListedStudy study)
        {
            // Nothing but errors.
        }
    }
}
