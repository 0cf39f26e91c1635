// The service. Without any settings it runs with a ledger in SQLite and a store of synthetic studies:
//     dotnet run --project src/CodRetrieve.Service
//     curl --json '{"store": "demo", "destination": "folder", "studies": ["…"]}' http://127.0.0.1:8080/api/requests
using CodRetrieve.Service;

return await ServiceApplication.RunAsync(args);
