namespace FedSite.Sandbox.World;

/// <summary>Repeatable randomness: everything in the sandbox is a function of the seed and of what is asked for.</summary>
internal static class Mix
{
    /// <summary>The finalizer of SplitMix64.</summary>
    public static ulong Of(ulong value)
    {
        unchecked
        {
            value += 0x9E3779B97F4A7C15;
            value = (value ^ (value >> 30)) * 0xBF58476D1CE4E5B9;
            value = (value ^ (value >> 27)) * 0x94D049BB133111EB;
            return value ^ (value >> 31);
        }
    }

    public static ulong Of(ulong a, ulong b) => Of(Of(a) ^ b);

    public static ulong Of(ulong a, ulong b, ulong c) => Of(Of(a, b) ^ c);

    /// <summary>From 0 to 1, never 1.</summary>
    public static double Fraction(ulong hash) => (hash >> 11) * (1.0 / (1UL << 53));

    /// <summary>32 hex digits, the form of Keystone's ids.</summary>
    public static string Hex(ulong a, ulong b) => $"{Of(a, b):x16}{Of(b, a, 1):x16}";
}
