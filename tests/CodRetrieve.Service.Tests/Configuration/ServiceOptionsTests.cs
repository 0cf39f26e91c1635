using CodRetrieve.Service.Configuration;

namespace CodRetrieve.Service.Tests.Configuration;

public sealed class ServiceOptionsTests
{
    [Fact]
    public void Defaults_are_valid() => Assert.Empty(ProblemsOf(static _ => { }));

    [Fact]
    public void Each_problem_names_the_setting_and_says_what_to_do()
    {
        (Action<ServiceOptions> Change, string Expected)[] cases =
        [
            (options => options.Database.Provider = DatabaseProvider.PostgreSql, "Service:Database:ConnectionString is missing"),
            (options => options.Node.Workers = 0, "Service:Node:Workers is 0. It must be from 1 to 16."),
            (options => options.Node.Lease = TimeSpan.FromSeconds(1), "Service:Node:Lease is 00:00:01. It must be from 00:00:05 to 00:10:00."),
            (options => options.Node.QuietHours.Add("7-18"), "Service:Node:QuietHours: '7-18' is no range of times. Write it as in 07:00-18:00."),
            (options => options.Limits.BytesPerShard = 0, "Service:Limits:BytesPerShard is 0. It must be greater than 0"),
            (options => options.Limits.Retention = TimeSpan.Zero, "Service:Limits:Retention is 00:00:00. It must be from 01:00:00 to 36500.00:00:00."),
            (options => options.Stores["a"] = new StoreOptions(), "Service:Stores:a:Url is missing."),
            (options => options.Stores["a"] = new StoreOptions { Url = "https://host/b?token=abc" }, "Service:Stores:a:Url has a token. Take it out"),
            (options => options.Stores["a"] = new StoreOptions { Url = "gs://b", Credential = "none" }, "Service:Stores:a:Credential names 'none', which is not in Service:Credentials."),
            (options => options.Stores["../a"] = new StoreOptions { Url = "gs://b" }, "a name has at most 63 letters, digits, dashes and underscores"),
            (options => options.Destinations["d"] = new DestinationOptions(), "Service:Destinations:d:Directory is missing."),
            (options => options.Destinations["d"] = new DestinationOptions { Kind = DestinationKind.Stow, Url = "ftp://x" }, "Service:Destinations:d:Url is no address of a DICOMweb service."),
            (options => options.Destinations["d"] = new DestinationOptions { Kind = DestinationKind.Dimse, Url = "dicom://" }, "Service:Destinations:d:Url: "),
            (options => options.Destinations["d"] = new DestinationOptions { Directory = "x", Layout = "{nothing" }, "Service:Destinations:d:Layout: "),
            (options => options.Credentials["c"] = new CredentialOptions { Kind = CredentialKind.File, File = "/no/such" }, "Service:Credentials:c:File is no file that can be found."),
            (options => options.Credentials["c"] = new CredentialOptions { Kind = CredentialKind.Password, UserName = "u" }, "Service:Credentials:c needs UserName, and PasswordFile"),
        ];
        foreach (var (change, expected) in cases)
        {
            var problems = ProblemsOf(change).ToList();
            Assert.True(problems.Count == 1 && problems[0].Contains(expected, StringComparison.Ordinal), $"expected: {expected}\nproblems: {string.Join('\n', problems)}");
            Assert.DoesNotContain("abc", problems[0], StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData("07:00-18:00", "06:59", false)]
    [InlineData("07:00-18:00", "07:00", true)]
    [InlineData("07:00-18:00", "18:00", false)]
    [InlineData("22:00-05:00", "23:30", true)]
    [InlineData("22:00-05:00", "04:59", true)]
    [InlineData("22:00-05:00", "12:00", false)]
    public void Quiet_hours_hold_a_time_or_not(string range, string time, bool expected) =>
        Assert.Equal(expected, QuietHours.Parse([range]).Contains(TimeOnly.Parse(time, System.Globalization.CultureInfo.InvariantCulture)));

    private static IEnumerable<string> ProblemsOf(Action<ServiceOptions> change)
    {
        var options = new ServiceOptions();
        change(options);
        return new ServiceOptionsValidation().Validate(null, options).Failures ?? [];
    }
}
