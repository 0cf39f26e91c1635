namespace CodRetrieve.Testing;

/// <summary>A bucket of a <see cref="GcsTestServer"/>: object names and their current generations.</summary>
/// <remarks>Thread-safe; may be changed while the server handles requests. Replacing an object makes its older generation gone at once, and an
/// response already under way still sends the older bytes, as with real GCS.</remarks>
public sealed partial class TestBucket
{
    private readonly Gate _gate = new();
    private readonly Dictionary<string, TestObject> _objects = new(StringComparer.Ordinal);
    private readonly TimeProvider _timeProvider;
    private TestObject[]? _sorted;
    private long _lastGeneration;

    internal TestBucket(string name, TimeProvider timeProvider)
    {
        Name = name;
        _timeProvider = timeProvider;
        _lastGeneration = timeProvider.GetUtcNow().ToUnixTimeMilliseconds() * 1000;
    }

    /// <summary>The bucket's name.</summary>
    public string Name { get; }

    /// <summary>When true, requests without a <c>userProject</c> parameter are refused, as by a requester-pays bucket; false by
    /// default.</summary>
    public bool RequesterPays { get; set; }

    /// <summary>The names of all objects, in the order of a listing (by their UTF-8 bytes).</summary>
    public IReadOnlyList<string> Names => Array.ConvertAll(Sorted(), item => item.Name);

    /// <summary>Puts an object, replacing any of that name.</summary>
    /// <param name="name">The object's name; any characters, <c>/</c> included.</param>
    /// <param name="content">The bytes as stored. The bucket never disposes it.</param>
    /// <param name="options">Type, encoding, generation and checksums; null for the defaults.</param>
    /// <returns>The object under its new generation.</returns>
    /// <exception cref="ArgumentException">The name is empty, or an explicit generation is not positive.</exception>
    public TestObject Put(string name, IObjectContent content, TestObjectOptions? options = null)
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        ArgumentNullException.ThrowIfNull(content);
        options ??= TestObjectOptions.Default;
        if (options.Generation is { } wanted)
        {
            ArgumentOutOfRangeException.ThrowIfNegativeOrZero(wanted, nameof(options));
        }

        lock (_gate)
        {
            var generation = options.Generation ?? _lastGeneration + 1;
            _lastGeneration = Math.Max(_lastGeneration, generation);
            var item = new TestObject(name, content, generation, _timeProvider.GetUtcNow(), options);
            _objects[name] = item;
            _sorted = null;
            return item;
        }
    }

    /// <summary>Removes an object.</summary>
    /// <param name="name">The object's name.</param>
    /// <returns>Whether there was one.</returns>
    public bool Remove(string name)
    {
        lock (_gate)
        {
            var removed = _objects.Remove(name);
            _sorted = removed ? null : _sorted;
            return removed;
        }
    }

    /// <summary>The current generation of an object.</summary>
    /// <param name="name">The object's name.</param>
    /// <exception cref="KeyNotFoundException">There is no such object.</exception>
    public TestObject Get(string name) => Find(name) ?? throw new KeyNotFoundException($"There is no object '{name}'.");

    /// <summary>The current generation of an object, or null.</summary>
    /// <param name="name">The object's name.</param>
    public TestObject? Find(string name)
    {
        lock (_gate)
        {
            return _objects.GetValueOrDefault(name);
        }
    }

    /// <summary>A snapshot in listing order; callers must not change it.</summary>
    internal TestObject[] Sorted()
    {
        lock (_gate)
        {
            return _sorted ??= [.. _objects.Values.OrderBy(item => item.Name, ObjectNameComparer.Instance)];
        }
    }
}
