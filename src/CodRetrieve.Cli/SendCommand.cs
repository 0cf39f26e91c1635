using CodRetrieve.Cli.Input;
using CodRetrieve.Cli.Options;
using CodRetrieve.Cli.Output;

namespace CodRetrieve.Cli;

/// <summary><c>cod-retrieve send</c></summary>
internal sealed class SendCommand(Request request, SendRequest send, Terminal terminal) : JobCommand(request, terminal)
{
    private Receiver? _receiver;

    /// <summary>Runs it.</summary>
    public async Task<int> SendAsync(CancellationToken cancellationToken)
    {
        try
        {
            return await RunAsync(cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            if (_receiver is not null)
            {
                await _receiver.DisposeAsync().ConfigureAwait(false);
            }
        }
    }

    protected override Job TryCreate(Session session)
    {
        _receiver = Receiver.Create(send, Request.Network, Terminal.Environment, session.Loggers);
        return session.All is { } all ? session.Cod.CreateJob(all.ListAsync(), _receiver.Handler, session.Selection) : session.Cod.CreateJob(session.Studies, _receiver.Handler, session.Selection);
    }

    protected override string Intent(string studies, BucketChoice bucket) => $"Sending {studies} of {bucket} to {_receiver!.Name}";

    protected override string BusyText(string study, string holder) => $"The study {study} was not sent: another process is sending it{holder}. Run again when that has ended.";

    protected override bool IsResumed => _receiver!.KnowsWhatIsThere;

    protected override string? LastLine => _receiver?.Summary;

    protected override DeliveryReport? Delivery => _receiver?.Report;
}
