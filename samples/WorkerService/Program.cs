// A service that retrieves what request files ask for. Put {"bucket": "gs://my-bucket/my-prefix", "studies": ["1.2.3"], "zip": false} as
// a .json file into work/inbox (write it beside and rename it, so that it is never seen half); find the images below work/studies, and the
// request with its result in work/done or work/failed. Moved back into the inbox, a failed one goes on where it ended.
//     dotnet run --project samples/WorkerService
//     curl http://127.0.0.1:8088/health http://127.0.0.1:8088/metrics
using WorkerService;

await WorkerApplication.Build(args).RunAsync();
