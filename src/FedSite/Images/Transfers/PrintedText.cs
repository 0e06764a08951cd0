using System.Text;

namespace FedSite.Images.Transfers;

/// <summary>What a program prints, as far as it is of use.</summary>
internal static class PrintedText
{
    private const int MostBytes = 1 << 16;

    /// <summary>Reads to the end, and keeps the beginning. Characters that could steer a terminal are dropped.</summary>
    public static async Task<string> ReadAsync(Stream printed)
    {
        var kept = new MemoryStream();
        var buffer = new byte[4096];
        while (await printed.ReadAsync(buffer) is > 0 and var read)
        {
            await kept.WriteAsync(buffer.AsMemory(0, (int)Math.Min(read, MostBytes - kept.Length)));
        }

        var text = Encoding.UTF8.GetString(kept.GetBuffer(), 0, (int)kept.Length);
        return string.Concat(text.Where(c => c == '\n' || !char.IsControl(c))).Trim();
    }
}
