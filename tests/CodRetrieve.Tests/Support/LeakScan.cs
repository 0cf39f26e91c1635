using System.Collections.Concurrent;
using CodRetrieve.Testing;
using Microsoft.Extensions.Logging;

namespace CodRetrieve.Tests.Support;

/// <summary>
/// Gathers everything that a job says: what it logs at any level, the events it raises, what it returns and throws, with every property and
/// <c>ToString()</c> of them, but <see cref="Said.AskedFor"/>. Then tells where something stands that must not be said.
/// </summary>
public sealed class LeakScan : ILoggerFactory, ILogger
{
    /// <summary>What stands in the DICOM tags and the <c>original_path</c> of every <see cref="SyntheticStudy"/>, and in the queries of requests.</summary>
    public static readonly IReadOnlyList<string> SyntheticSecrets = Sensitive.OfSyntheticStudies;

    private readonly ConcurrentQueue<string> _texts = new();

    /// <summary>How many pieces of text were gathered.</summary>
    public int Count => _texts.Count;

    /// <summary>Gathers an object's text, that of its properties, and that of theirs.</summary>
    public void Add(object? value)
    {
        foreach (var text in Said.By(value))
        {
            _texts.Enqueue(text);
        }
    }

    /// <summary>Gathers all events of a job.</summary>
    public Job Watch(Job job)
    {
        job.Progress += (_, args) => Add(args);
        job.Downloaded += (_, args) => Add(args);
        job.Extracted += (_, args) => Add(args);
        job.Saved += (_, args) => Add(args);
        job.Completed += (_, args) => Add(args);
        job.Error += (_, args) => Add(args);
        return job;
    }

    /// <summary>The texts that hold one of the secrets.</summary>
    public IReadOnlyList<string> Find(IEnumerable<string> secrets)
    {
        var looked = secrets.ToList();
        return [.. _texts.Where(text => looked.Any(secret => text.Contains(secret, StringComparison.OrdinalIgnoreCase))).Distinct(StringComparer.Ordinal)];
    }

    /// <summary>Fails when one of the secrets, or of those that every synthetic study has, was said.</summary>
    public void AssertNothingLeaked(params string[] secrets)
    {
        Assert.NotEqual(0, Count);
        Assert.Empty(Find(SyntheticSecrets.Concat(secrets)));
    }

    IDisposable? ILogger.BeginScope<TState>(TState state)
    {
        Add(state);
        return null;
    }

    bool ILogger.IsEnabled(LogLevel logLevel) => true;

    void ILogger.Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
    {
        _texts.Enqueue(formatter(state, exception));
        Add(state);
        Add(exception);
    }

    ILogger ILoggerFactory.CreateLogger(string categoryName) => this;

    void ILoggerFactory.AddProvider(ILoggerProvider provider)
    {
    }

    void IDisposable.Dispose()
    {
    }
}
