using CodRetrieve.Planning;

namespace CodRetrieve.Jobs;

/// <content>
/// Instances without a CRC32C in the index. Before anything else of the series is handed out, its tar is read whole, where the store lists
/// a CRC32C for it: what is saved then is checked as if the index had listed all.
/// </content>
internal sealed partial class SeriesRun
{
    private IReadOnlyList<InstanceInfo> _toProve = [];
    private bool _isProving;

    /// <summary>The tar has the CRC32C that the store lists, and so are those of these instances known.</summary>
    public void AcceptTar(IEnumerable<(InstanceInfo Instance, uint Crc32c)> proven)
    {
        var crcs = proven.ToDictionary(static one => one.Instance, static one => one.Crc32c);
        PlanAnew(Survey.Wanted.Select(instance => crcs.TryGetValue(instance, out var crc) ? instance.WithProved(crc) : instance));
    }

    /// <summary>The tar is not the one that the store lists, or cannot be read: only instances with a CRC32C of their own are still to be had.</summary>
    /// <returns>The others.</returns>
    public IReadOnlyList<InstanceInfo> RejectTar()
    {
        PlanAnew(Survey.Wanted.Where(static instance => instance.Crc32c is not null));
        return [.. Survey.Wanted.Where(static instance => instance.Crc32c is null).Except(BeyondTar)];
    }

    // Nothing was handed out of the plan before.
    private void PlanAnew(IEnumerable<InstanceInfo> wanted)
    {
        lock (_lock)
        {
            _isProving = false;
            Plan(SeriesPlan.Create(wanted, TarBytes));
        }
    }

    private void Plan(SeriesPlan plan)
    {
        _plan = plan;
        _byName.Clear();
        _byName.AddRange(plan.ByName);
        _bytesWanted = Wanted(plan);
    }

    private WorkItem TakeProof()
    {
        var item = new WorkItem(this, WorkKind.Verify, _toProve);
        (_toProve, _isProving) = ([], true);
        _underWay++;
        return item;
    }
}
