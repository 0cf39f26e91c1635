using CodRetrieve.Service.Ledger;
using CodRetrieve.Service.Running;

namespace CodRetrieve.Service.Tests.Running;

public sealed class FailureTextTests
{
    [Fact]
    public void Messages_of_destinations_are_words_of_our_own()
    {
        Exception[] exceptions = [new DestinationException(DestinationFailure.Full, "/mnt/DOE^JOHN/1.dcm is full"), new IOException("/mnt/DOE^JOHN/1.dcm"), new InvalidOperationException("DOE^JOHN")];
        foreach (var (_, message) in exceptions.Select(FailureText.Of))
        {
            Assert.DoesNotContain("DOE", message, StringComparison.Ordinal);
            Assert.EndsWith(".", message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void What_may_pass_is_told_from_what_does_not()
    {
        Assert.True(FailureText.IsTransient(new ObjectStoreException(ObjectStoreFailure.Unavailable, "")));
        Assert.True(FailureText.IsTransient(new DestinationException(DestinationFailure.Full, "")));
        Assert.False(FailureText.IsTransient(new ObjectStoreException(ObjectStoreFailure.Forbidden, "")));
        Assert.False(FailureText.IsTransient(new ObjectStoreException(ObjectStoreFailure.NotFound, "")));
        Assert.False(FailureText.IsTransient(new DestinationException(DestinationFailure.OtherLayout, "")));
        Assert.Equal(FailureReason.AccessDenied, FailureText.Of(new ObjectStoreException(ObjectStoreFailure.Unauthorized, "x")).Reason);
    }
}
