using System.Runtime.InteropServices;

namespace FedSite;

/// <summary>What .NET has no call for.</summary>
internal static partial class PosixFiles
{
    public const int NotPermitted = 1;
    public const int NoEntry = 2;
    public const int WouldBlock = 11;
    public const int NoAccess = 13;
    public const int Exists = 17;
    public const int OtherDevice = 18;
    public const int NoSpace = 28;
    public const int ReadOnly = 30;
    public const int TooManyLinks = 31;
    public const int NotImplemented = 38;
    public const int NotSupported = 95;
    public const int QuotaExceeded = 122;

    private const int CurrentFolder = -100; // AT_FDCWD
    private const int WriteAndSearch = 2 | 1; // W_OK | X_OK
    private const int Effective = 0x200; // AT_EACCESS
    private const uint AskType = 1; // STATX_TYPE
    private const uint AskBlocks = 0x400; // STATX_BLOCKS
    private const int OpenDirectory = 0x10000 | 0x80000; // O_RDONLY | O_DIRECTORY | O_CLOEXEC on Linux

    /// <summary>A second name for a file. Returns 0, or the error number.</summary>
    public static int Link(string existing, string added) =>
        NativeLink(existing, added) == 0 ? 0 : Marshal.GetLastPInvokeError();

    /// <summary>
    /// Sets a file's times to now. Unlike setting a given time, this asks for write access only, not for ownership.
    /// Returns 0, or the error number.
    /// </summary>
    public static int Touch(string path) =>
        NativeSetTimes(CurrentFolder, path, 0, 0) == 0 ? 0 : Marshal.GetLastPInvokeError();

    /// <summary>
    /// Whether files may be made in a folder: by its mode and its file system's, without trying. Returns 0, or the error
    /// number.
    /// </summary>
    public static int MayWrite(string folder) =>
        NativeAccess(CurrentFolder, folder, WriteAndSearch, Effective) == 0 ? 0 : Marshal.GetLastPInvokeError();

    /// <summary>Bytes that a file takes on its disk: holes take none. -1 when that can't be told.</summary>
    public static unsafe long AllocatedBytes(string path)
    {
        // struct statx of linux/stat.h
        const int words = 32;
        const int blocks = 6;
        var answer = stackalloc ulong[words];
        return NativeStatus(CurrentFolder, path, 0, AskBlocks, answer) == 0 ? (long)answer[blocks] * 512 : -1;
    }

    /// <summary>
    /// Whether it is a regular file, or a link to one, without opening it: a pipe would wait for its other end. Null: it
    /// can't be told.
    /// </summary>
    public static unsafe bool? IsRegularFile(string path)
    {
        // struct statx of linux/stat.h
        const int words = 32;
        const int mode = 14;
        const int kind = 0xf000; // S_IFMT
        const int regular = 0x8000; // S_IFREG
        var answer = stackalloc ulong[words];
        return NativeStatus(CurrentFolder, path, 0, AskType, answer) == 0
            ? (((ushort*)answer)[mode] & kind) == regular
            : null;
    }

    /// <summary>Makes the names in a folder durable.</summary>
    /// <exception cref="IOException">With the error number as <see cref="Exception.HResult"/>.</exception>
    public static void SyncFolder(string folder)
    {
        var descriptor = NativeOpen(folder, OpenDirectory);
        if (descriptor < 0)
        {
            throw Failure(Marshal.GetLastPInvokeError(), folder);
        }

        try
        {
            if (NativeSync(descriptor) != 0)
            {
                throw Failure(Marshal.GetLastPInvokeError(), folder);
            }
        }
        finally
        {
            _ = NativeClose(descriptor);
        }
    }

    /// <summary>An exception that looks like those of .NET's own file calls.</summary>
    public static IOException Failure(int error, string path) =>
        new($"{Marshal.GetPInvokeErrorMessage(error)}: '{path}'", error);

    [LibraryImport("libc", EntryPoint = "link", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int NativeLink(string existing, string added);

    [LibraryImport("libc", EntryPoint = "utimensat", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int NativeSetTimes(int folder, string path, nint times, int flags);

    [LibraryImport("libc", EntryPoint = "faccessat", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int NativeAccess(int folder, string path, int mode, int flags);

    [LibraryImport("libc", EntryPoint = "statx", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static unsafe partial int NativeStatus(int folder, string path, int flags, uint mask, ulong* answer);

    [LibraryImport("libc", EntryPoint = "open", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int NativeOpen(string path, int flags);

    [LibraryImport("libc", EntryPoint = "fsync", SetLastError = true)]
    private static partial int NativeSync(int descriptor);

    [LibraryImport("libc", EntryPoint = "close")]
    private static partial int NativeClose(int descriptor);
}
