using CodRetrieve.Cli.Options;
using CodRetrieve.Cli.Output;

namespace CodRetrieve.Cli;

/// <summary><c>cod-retrieve list</c></summary>
internal sealed class ListCommand(Request request, ListRequest list, Terminal terminal)
{
    private readonly ErrorLines _errors = new(terminal.Error, hold: false);
    private readonly ListTotals _totals = new();
    private string? _last;
    private bool _isIncomplete;

    public async Task<int> RunAsync(CancellationToken cancellationToken)
    {
        try
        {
            if (request.Json && list.Csv)
            {
                throw new UsageException("--json and --csv exclude each other.");
            }

            var session = await Session.OpenAsync(request, terminal, cancellationToken).ConfigureAwait(false);
            await using var closing = session.ConfigureAwait(false);
            return await ListAsync(session, cancellationToken).ConfigureAwait(false);
        }
        catch (UsageException e)
        {
            _errors.Add(e.Message);
            return ExitCode.Usage;
        }
#pragma warning disable CA1031 // The end of the line: whatever it is, it is reported.
        catch (Exception e)
#pragma warning restore CA1031
        {
            var further = _last is null ? "" : $" --after {_last} goes on behind the last study that was listed.";
            _errors.Add((e is OperationCanceledException ? "Cancelled." : ErrorText.TextWithNextStep(e, request, terminal.Environment)) + further);
            return ExitCode.Of(e);
        }
    }

    private async Task<int> ListAsync(Session session, CancellationToken cancellationToken)
    {
        var writer = ListWriter.Create(request, list, terminal.Out);
        await foreach (var study in Studies(session, cancellationToken).ConfigureAwait(false))
        {
            writer.Write(study);
            _totals.Add(study);
            _last = study.StudyInstanceUid;
            Report(study);
            if (terminal.Out is GuardedWriter { Failure: not null } || terminal.IsOutputGone())
            {
                // Whoever reads has seen enough ("| head"), or nothing can be written any more, which is reported elsewhere.
                return ExitCode.Done;
            }
        }

        if (_totals.Studies == 0)
        {
            var behind = list.After is null ? "" : $" behind {list.After}";
            throw new NothingFoundException(
                list.HasSelection ? $"{session.Bucket} holds no study{behind} with an instance that is selected."
                : list.After is null ? NoStudies.Text(session.Bucket)
                : $"{session.Bucket} holds no study{behind}.");
        }

        if (!request.Quiet)
        {
            terminal.Error.WriteLine(_totals);
        }

        return _isIncomplete ? ExitCode.Incomplete : ExitCode.Done;
    }

    private IAsyncEnumerable<ListedStudy> Studies(Session session, CancellationToken cancellationToken)
    {
        try
        {
            return session.Cod.ListStudiesAsync(list.ToOptions(session.Selection, Add), cancellationToken);
        }
        catch (ArgumentException e)
        {
            throw UsageException.From(e);
        }
    }

    // What a series lacks is what the listing is about; what could not be read is not.
    private void Report(ListedStudy study)
    {
        foreach (var failure in study.Failures)
        {
            Add(failure);
        }

        foreach (var series in study.Series.Where(static series => series.Problem is SeriesProblem.UnreadableMetadata or SeriesProblem.EmptyIndex))
        {
            _isIncomplete = true;
            _errors.Add(PrintableText.Of(series.ProblemCause!.Message));
        }
    }

    private void Add(RetrievalFailure failure)
    {
        _isIncomplete = true;
        _errors.Add(PrintableText.Of(failure.ToString()));
    }
}
