using CodRetrieve.Saving;

namespace CodRetrieve.Tests.Saving;

/// <summary>A handler with the life that a job gives it; a study that was completed is begun again, so that a test can go on with it.</summary>
internal sealed class OpenHandler(ISaveHandler inner) : DelegatingSaveHandler(inner), IAsyncDisposable
{
    public override async ValueTask CompleteStudyAsync(StudyInfo study, CancellationToken cancellationToken)
    {
        try
        {
            await base.CompleteStudyAsync(study, cancellationToken);
        }
        finally
        {
            await TryBeginStudyAsync(study.StudyInstanceUid, default);
        }
    }

    public ValueTask DisposeAsync() => CloseAsync();
}
