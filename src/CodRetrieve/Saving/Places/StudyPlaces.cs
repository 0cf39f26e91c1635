namespace CodRetrieve.Saving;

/// <summary>
/// Where the instances of one study are, below the directory or in its zip, in a layout of the user's: those that were saved, from the study's file of places, and those that are still to be,
/// by the layout. Safe for several callers at once.
/// </summary>
internal sealed class StudyPlaces
{
    private readonly object _lock = new();
    private readonly FolderLayout _layout;
    private readonly Dictionary<string, string> _saved = new(StringComparer.Ordinal);
    // Names that differ only in case would meet on some file systems.
    private readonly Dictionary<string, string> _owners = new(StringComparer.OrdinalIgnoreCase);
    private readonly Dictionary<string, string> _planned = new(StringComparer.Ordinal);
    private readonly List<(string Instance, string? Place)> _pending = [];

    /// <param name="layout">The layout.</param>
    /// <param name="saved">The places of instances that were saved, by the instances' names.</param>
    public StudyPlaces(FolderLayout layout, IEnumerable<KeyValuePair<string, string>> saved)
    {
        _layout = layout;
        foreach (var (instance, place) in saved)
        {
            _saved[instance] = place;
            _owners[place] = instance;
        }
    }

    /// <summary>The names of the instances that were saved, <c>{series}/instances/{sop}.dcm</c>, and their places.</summary>
    public IReadOnlyList<KeyValuePair<string, string>> Saved
    {
        get
        {
            lock (_lock)
            {
                return [.. _saved];
            }
        }
    }

    /// <summary>Finds places for the instances of a series that have none: where several would have the same, each gets one that its UID distinguishes.</summary>
    public void Plan(SeriesInfo series)
    {
        var names = series.Instances.Select(instance => (Instance: instance, Name: ZipDirectory.EntryName(instance), Place: _layout.PathOf(instance))).ToList();
        var counts = names.GroupBy(static one => one.Place, StringComparer.OrdinalIgnoreCase).ToDictionary(static group => group.Key, static group => group.Count(), StringComparer.OrdinalIgnoreCase);
        lock (_lock)
        {
            foreach (var (instance, name, place) in names)
            {
                Plan(instance, name, counts[place] > 1 ? FolderLayout.Distinguished(place, instance) : place);
            }
        }
    }

    /// <summary>The place where an instance was saved; <see langword="null"/> where it was not.</summary>
    public string? FindSaved(InstanceInfo instance)
    {
        lock (_lock)
        {
            return _saved.GetValueOrDefault(ZipDirectory.EntryName(instance));
        }
    }

    /// <summary>The place where an instance is, or would be.</summary>
    public string Of(InstanceInfo instance) => FindSaved(instance) ?? PlannedOf(instance);

    /// <summary>The place that the layout gives an instance now.</summary>
    public string PlannedOf(InstanceInfo instance)
    {
        var name = ZipDirectory.EntryName(instance);
        lock (_lock)
        {
            return _planned.TryGetValue(name, out var place) ? place : Plan(instance, name, _layout.PathOf(instance));
        }
    }

    /// <summary>The places where a run may have put an instance without that being known any more: which of those that collide came first decided.</summary>
    public IReadOnlyList<string> PossibleOf(InstanceInfo instance)
    {
        var place = _layout.PathOf(instance);
        return [.. new[] { PlannedOf(instance), place, FolderLayout.Distinguished(place, instance) }.Distinct(StringComparer.Ordinal)];
    }

    /// <summary>Takes a place in which an instance was found, unless another is known to be there.</summary>
    /// <returns>Whether none is known to be there.</returns>
    public bool TryTake(InstanceInfo instance, string place)
    {
        var name = ZipDirectory.EntryName(instance);
        lock (_lock)
        {
            if (_owners.TryGetValue(place, out var owner) && owner != name && _saved.GetValueOrDefault(owner) == place)
            {
                return false;
            }

            _owners[place] = name;
            _planned[name] = place;
            return true;
        }
    }

    /// <summary>Gives an instance another place: something else is in the one that it should have.</summary>
    public string Replan(InstanceInfo instance)
    {
        lock (_lock)
        {
            return _planned[ZipDirectory.EntryName(instance)] = FolderLayout.Distinguished(_layout.PathOf(instance), instance);
        }
    }

    /// <summary>Notes that an instance is in its place.</summary>
    public void Add(InstanceInfo instance, string place) => Set(ZipDirectory.EntryName(instance), place);

    /// <summary>Notes that an instance is gone.</summary>
    public void Remove(string instance) => Set(instance, null);

    /// <summary>The instance that is, or would be, in a place; <see langword="null"/> where none is known.</summary>
    public string? InstanceIn(string place)
    {
        lock (_lock)
        {
            return _owners.GetValueOrDefault(place);
        }
    }

    /// <summary>Takes what was noted since the last time.</summary>
    public IReadOnlyList<(string Instance, string? Place)> TakePending()
    {
        lock (_lock)
        {
            (string, string?)[] taken = [.. _pending];
            _pending.Clear();
            return taken;
        }
    }

    private string Plan(InstanceInfo instance, string name, string place)
    {
        var isTaken = _owners.TryGetValue(place, out var owner) && owner != name;
        var planned = isTaken ? FolderLayout.Distinguished(_layout.PathOf(instance), instance) : place;
        _owners.TryAdd(planned, name);
        return _planned[name] = planned;
    }

    private void Set(string instance, string? place)
    {
        lock (_lock)
        {
            if (_saved.Remove(instance, out var before) && before != place && _owners.GetValueOrDefault(before) == instance)
            {
                _owners.Remove(before);
            }

            if (place is not null)
            {
                _saved[instance] = place;
                _owners[place] = instance;
            }

            if (before != place)
            {
                _pending.Add((instance, place));
            }
        }
    }
}
