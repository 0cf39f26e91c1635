using BenchmarkDotNet.Configs;
using BenchmarkDotNet.Jobs;
using BenchmarkDotNet.Running;
using BenchmarkDotNet.Toolchains.InProcess.Emit;
using CodRetrieve.Benchmarks.EndToEnd;
using CodRetrieve.Benchmarks.Micro;

switch (args)
{
    case ["simple", var urls, var output]:
        await SimpleProgram.RunAsync(urls, output);
        return 0;
    case ["store", var store, var endpoint, var studies]:
        return await StoreProgram.RunAsync(store, endpoint, studies);
    case ["stores", var folder, var runs, .. var sets]:
        await new EndToEndBenchmark(Path.GetFullPath(folder), "", int.Parse(runs)).CompareStoresAsync(sets);
        return 0;
    case ["end-to-end", var program, var folder, var runs, .. var sets]:
        await new EndToEndBenchmark(Path.GetFullPath(folder), Path.GetFullPath(program), int.Parse(runs)).RunAsync(sets);
        return 0;
    case ["zips", var program, var folder, var runs, .. var sets]:
        await new EndToEndBenchmark(Path.GetFullPath(folder), Path.GetFullPath(program), int.Parse(runs)).CompareZipsAsync(sets);
        return 0;
    case ["again", var program, var folder, var runs, .. var sets]:
        await new EndToEndBenchmark(Path.GetFullPath(folder), Path.GetFullPath(program), int.Parse(runs)).RunAgainAsync(sets);
        return 0;
    case ["link", var program, var folder, var runs, .. var sets]:
        await new EndToEndBenchmark(Path.GetFullPath(folder), Path.GetFullPath(program), int.Parse(runs)).RunOverLinkAsync(sets);
        return 0;
    case ["sample", var program, var folder, var runs, .. var sets]:
        await new EndToEndBenchmark(Path.GetFullPath(folder), Path.GetFullPath(program), int.Parse(runs)).SampleOverLinkAsync(sets);
        return 0;
    case ["check", var program, var folder]:
        return await new EndToEndBenchmark(Path.GetFullPath(folder), Path.GetFullPath(program), runs: 3).CheckAsync() ? 0 : 1;
    case ["deliver", var program, var folder, var runs]:
        await new DeliveryBenchmark(Path.GetFullPath(folder), Path.GetFullPath(program), int.Parse(runs)).RunAsync();
        return 0;
    case ["deliver-memory", var program, var folder, var runs, .. var sets]:
        await new DeliveryBenchmark(Path.GetFullPath(folder), Path.GetFullPath(program), int.Parse(runs)).MeasureMemoryAsync(sets);
        return 0;
    case ["selection", var runs]:
        await SelectionProgram.RunAsync(int.Parse(runs));
        return 0;
    case ["micro", .. var options]:
        // In this process, so that no project needs to be made and restored.
        var config = DefaultConfig.Instance.AddJob(BenchmarkDotNet.Jobs.Job.ShortRun.WithToolchain(InProcessEmitToolchain.Instance));
        BenchmarkSwitcher.FromAssembly(typeof(DataSet).Assembly).Run(options, config);
        return 0;
    default:
        Console.Error.WriteLine("""
            micro [options of BenchmarkDotNet, such as --filter '*Index*']
            selection RUNS
                reading the index of a series of 5,000 instances in both formats, without attributes and with conditions on them
            end-to-end PROGRAM FOLDER RUNS [SET...]
                PROGRAM  cod-retrieve, published:  dotnet publish src/CodRetrieve.Cli -c Release -o artifacts/cli
                FOLDER   for data and outputs, best on a memory file system (about 8 GiB)
                RUNS     counted runs of each contender
                SET      L, S, H, M, P, T (H throttled); all of them when none is given
            zips PROGRAM FOLDER RUNS [SET...]
                the same for cod-retrieve alone: saving as files and as zips
            again PROGRAM FOLDER RUNS SET...
                a run over what is saved already, with receipts and without; also N: 10,000 studies of 100 instances (12 GiB), K: of 10 series of 10 instances, J: a tenth of K, U: 200,000 studies of one instance
            link PROGRAM FOLDER RUNS SET...
                over a simulated wide-area link: L, S, H, M; X: 1,500 studies of one small series
            sample PROGRAM FOLDER RUNS SET...
                a hundredth of each series over the same link, and the share of the bytes that it takes: L, S, H, M
            stores FOLDER RUNS SET...
                the built-in store and the one over Google's StorageClient, in turn, each in a process that verifies and saves nothing: L, S, H, M
            deliver PROGRAM FOLDER RUNS
                from the store to Orthanc by STOW-RS, against a download whose files curl sends, one by one and as a batch per series (needs orthanc and orthanc-dicomweb)
            deliver-memory PROGRAM FOLDER RUNS [SET...]
                2 GiB over sockets to a receiver that throws them away, as one instance (G), of 1 MiB (H) and of 32 KiB (E)
            check PROGRAM FOLDER
                a short version that fails on gross regressions only
            Needs nginx, curl, tar and GNU time.
            """);
        return 2;
}
