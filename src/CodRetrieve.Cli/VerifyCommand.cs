using System.Diagnostics;
using CodRetrieve.Cli.Output;
using CodRetrieve.Verification;

namespace CodRetrieve.Cli;

/// <summary><c>cod-retrieve verify</c></summary>
internal sealed class VerifyCommand(Request request, Terminal terminal)
{
    private readonly bool _isWatched = ProgressViews.HasBar(request, terminal);
    private readonly long _started = Stopwatch.GetTimestamp();
    private readonly ErrorLines _errors = new(terminal.Error, hold: false);
    private VerifyOutcome? _outcome;
    private bool _isNothingSelected;

    public async Task<int> RunAsync(CancellationToken cancellationToken)
    {
        try
        {
            var session = await Session.OpenAsync(request, terminal, cancellationToken).ConfigureAwait(false);
            await using var closing = session.ConfigureAwait(false);
            var outcome = await VerifyAsync(session, cancellationToken).ConfigureAwait(false);
            if (request.Repair && outcome.Result.IsRepairable)
            {
                var repair = session.Cod.Repair(outcome.Result);
                outcome.Follow(repair);
                await repair.RunAsync(cancellationToken).ConfigureAwait(false);
            }

            if (request.Prune)
            {
                outcome.Add(await session.Cod.PruneAsync(outcome.Result, cancellationToken).ConfigureAwait(false));
            }

            _isNothingSelected = session.Selection is not null && outcome.Result.Series.Count + outcome.Result.MissingStudies.Count == 0 && outcome.IsGood;
            Report(null);
            foreach (var study in outcome.Result.MissingStudies)
            {
                _errors.Add(MissingStudy.Text(study, session.Bucket));
            }

            _errors.End();
            return ExitCode.WithProblems(_isNothingSelected ? ExitCode.NothingFound : ExitCode.Of(outcome, session.Studies.Count), session, _errors);
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
            Report(e);
            _errors.End();
            _errors.Add(ErrorText.TextWithNextStep(e, request, terminal.Environment));
            return ExitCode.Of(e);
        }
    }

    private async Task<VerifyOutcome> VerifyAsync(Session session, CancellationToken cancellationToken)
    {
        try
        {
            session.Cod.InitDirectory(request.Directory!, readOnly: !request.Repair && !request.Prune);
            await session.ReadStudiesAsync(cancellationToken).ConfigureAwait(false);
            if (!request.Json && !request.Quiet)
            {
                var form = request.Zip ? "zips in" : "in";
                terminal.Out.WriteLine($"Verifying {Pluralizer.Of(session.Studies.Count, "study")} of {session.Bucket} {form} {Path.GetFullPath(request.Directory!)}");
            }

            var result = _isWatched ? await VerifyLine.ShowAsync(terminal.Out, Verify).ConfigureAwait(false) : await Verify(ProgressViews.ForVerification(request, terminal)).ConfigureAwait(false);
            return _outcome = new VerifyOutcome(result);
        }
        catch (ArgumentException e)
        {
            throw UsageException.From(e);
        }

        Task<VerificationResult> Verify(IProgress<VerificationProgress>? progress) => session.Cod.VerifyAsync(session.Studies, request.Format, session.Selection, progress, cancellationToken);
    }

    private void Report(Exception? cause)
    {
        if (request.Json)
        {
            Json.Write(terminal.Out, VerifyReport.Of(_outcome, Stopwatch.GetElapsedTime(_started), cause), Json.Default.VerifyReport);
        }
        else if (!request.Quiet && _outcome is not null)
        {
            VerifySummary.Write(terminal.Out, _outcome, framed: _isWatched);
        }

        if (_outcome is not { } outcome)
        {
            return;
        }

        if (_isNothingSelected && !request.Quiet && !request.Json)
        {
            terminal.Out.WriteLine("Nothing is selected of what the store has.");
        }

        if (outcome.InstancesUnverifiable > 0 && !request.Quiet)
        {
            _errors.Warn($"The index gives no CRC32C for {Pluralizer.Of(outcome.InstancesUnverifiable, "instance")}: only the size was checked.");
        }

        foreach (var issue in outcome.Remaining)
        {
            _errors.AddOneOfMany(outcome.FailureOf(issue) is { } failure ? $"{issue} Not repaired: {failure}" : issue.ToString());
        }

        foreach (var failure in outcome.Failures)
        {
            _errors.Add(failure);
        }
    }
}
