using CodRetrieve.Dicom;
using CodRetrieve.Testing;

namespace CodRetrieve.Tests.Dicom;

public sealed class PartTenHeaderTests
{
    [Fact]
    public void The_UIDs_of_a_file_are_read_and_damage_anywhere_gives_none_or_others_but_no_error()
    {
        var study = new SyntheticStudy(seed: 1);
        study.AddSeries(new() { InstanceCount = 1, InstanceSizeBytes = 2_000 });
        var instance = study.Series[0].Instances[0];
        using var content = instance.OpenRead();
        var file = new byte[instance.SizeBytes];
        content.ReadExactly(file);

        Assert.Equal(new PartTenHeader(instance.OriginalSopInstanceUid, "1.2.840.10008.1.2.1"), PartTenHeader.Read(file));
        for (var length = 0; length < 600; length++)
        {
            Assert.True(PartTenHeader.Read(file.AsSpan(0, length)).SopInstanceUid is null or { Length: > 0 });
        }

        var random = new Random(5);
        for (var i = 0; i < 5_000; i++)
        {
            var damaged = (byte[])file.Clone();
            damaged[132 + random.Next(400)] = (byte)random.Next(256);
            Assert.All(PartTenHeader.Read(damaged).SopInstanceUid ?? "", c => Assert.True(char.IsAsciiDigit(c) || c == '.'));
        }
    }

    [Theory]
    [InlineData("1.2.840.10008.1.2")]
    [InlineData("1.2.840.10008.1.2.1")]
    [InlineData("1.2.840.10008.1.2.2")]
    [InlineData("1.2.840.10008.1.2.4.90")]
    public void The_UID_of_the_data_set_counts_where_that_of_the_file_meta_information_is_another(string syntax)
    {
        var file = new List<byte>([.. new byte[128], .. "DICM"u8]);
        Add(0x0002, 0x0003, "1.9", isImplicit: false, isBigEndian: false);
        Add(0x0002, 0x0010, syntax, isImplicit: false, isBigEndian: false);
        var (isImplicit, isBigEndian) = (syntax == "1.2.840.10008.1.2", syntax == "1.2.840.10008.1.2.2");
        Add(0x0008, 0x0016, "1.2.840.10008.5.1.4.1.1.2", isImplicit, isBigEndian);
        Add(0x0008, 0x0018, "1.3", isImplicit, isBigEndian);

        Assert.Equal(new PartTenHeader("1.3", syntax), PartTenHeader.Read(file.ToArray()));
        Assert.Equal(new PartTenHeader("1.9", syntax), PartTenHeader.Read(file.ToArray().AsSpan(0, file.Count - 1)));

        void Add(int group, int element, string uid, bool isImplicit, bool isBigEndian)
        {
            var value = System.Text.Encoding.ASCII.GetBytes(uid.Length % 2 == 0 ? uid : uid + "\0");
            byte[] Two(int number) => isBigEndian ? [(byte)(number >> 8), (byte)number] : [(byte)number, (byte)(number >> 8)];
            file.AddRange([.. Two(group), .. Two(element), .. isImplicit ? [.. Two(value.Length), 0, 0] : (byte[])[.. "UI"u8, .. Two(value.Length)], .. value]);
        }
    }

    [Fact]
    public void What_is_no_DICOM_file_has_no_UIDs() => Assert.Equal(default, PartTenHeader.Read(new byte[5_000]));
}
