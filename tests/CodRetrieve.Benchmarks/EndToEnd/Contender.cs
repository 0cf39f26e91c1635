namespace CodRetrieve.Benchmarks.EndToEnd;

/// <summary>One way to retrieve a data set, run as a process.</summary>
/// <param name="Name">Its name in the report.</param>
/// <param name="Command">The program and its arguments for an output folder.</param>
internal sealed record Contender(string Name, Func<string, IReadOnlyList<string>> Command)
{
    /// <summary>The program under test.</summary>
    public static Contender CodRetrieve(
        string program, Uri endpoint, string studies, int? connections = null, string name = "cod-retrieve download", params string[] more) =>
        new(name, output =>
        [
            program, "download", $"gs://{NginxServer.Bucket}/{DataSet.Prefix}", "@" + studies, "-o", output,
            "--anonymous", "--quiet", "--endpoint", endpoint.AbsoluteUri, .. connections is { } count ? ["--connections", $"{count}"] : Array.Empty<string>(), .. more,
        ]);

    /// <summary>What a person would type. Checks nothing.</summary>
    public static Contender CurlTar(string urls, int atOnce) =>
        new($"curl | tar, {atOnce} at a time", output =>
        [
            "sh", "-c",
            $"""xargs -a '{urls}' -P {atOnce} -n 2 sh -c 'mkdir -p "{output}/$0" && curl -sf "$1" | tar -xf - -C "{output}/$0"'""",
        ]);

    /// <summary>A program of the kind a user would write: the whole tar in memory, SharpZipLib, no check.</summary>
    public static Contender Simple(string self, string urls) => new("simple C# program", output => [self, "simple", urls, output]);

    /// <summary>This program with one of the stores, saving nothing.</summary>
    public static Contender Store(string store, Uri endpoint, string studies) => new(
        $"{store} store", _ => [Path.Combine(AppContext.BaseDirectory, "CodRetrieve.Benchmarks"), "store", store, endpoint.AbsoluteUri, studies]);
}
