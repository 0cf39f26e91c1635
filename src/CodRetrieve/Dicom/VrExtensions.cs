namespace CodRetrieve.Dicom;

/// <summary>What value representations mean.</summary>
internal static class VrExtensions
{
    /// <summary>Reads the two letters; what is none is <see cref="Vr.Unknown"/>.</summary>
    public static Vr ParseVr(ReadOnlySpan<byte> letters)
    {
        var vr = letters.Length == 2 ? (Vr)((letters[0] << 8) | letters[1]) : Vr.Unknown;
        return vr.Kind() == VrKind.Unknown ? Vr.Unknown : vr;
    }

    public static VrKind Kind(this Vr vr) => vr switch
    {
        Vr.AE or Vr.CS or Vr.LO or Vr.LT or Vr.PN or Vr.SH or Vr.ST or Vr.UC or Vr.UR or Vr.UT => VrKind.Text,
        Vr.UI or Vr.AT => VrKind.Code,
        Vr.DS or Vr.FD or Vr.FL or Vr.IS or Vr.SL or Vr.SS or Vr.SV or Vr.UL or Vr.US or Vr.UV => VrKind.Number,
        Vr.DA => VrKind.Date,
        Vr.TM => VrKind.Time,
        Vr.DT => VrKind.DateTime,
        Vr.AS => VrKind.Age,
        Vr.OB or Vr.OD or Vr.OF or Vr.OL or Vr.OV or Vr.OW or Vr.SQ or Vr.UN => VrKind.Opaque,
        _ => VrKind.Unknown,
    };
}
