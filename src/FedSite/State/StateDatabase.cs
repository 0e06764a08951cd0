using DbUp;
using DbUp.Engine.Output;
using Microsoft.Data.Sqlite;

namespace FedSite.State;

/// <summary>
/// The embedded database <c>fedsite.db</c> in the state folder. Its schema is brought up to date when it is opened.
/// </summary>
/// <remarks>One connection per use: SQLite in WAL mode lets readers work beside one writer.</remarks>
public sealed class StateDatabase
{
    /// <summary>Of the file in the state folder.</summary>
    internal const string FileName = "fedsite.db";

    private readonly string _connectionString;

    private StateDatabase(string folder, string connectionString)
    {
        Folder = folder;
        _connectionString = connectionString;
    }

    /// <summary>The state folder, mode 0700.</summary>
    public string Folder { get; }

    /// <summary>Makes the folder and the database where they are missing, and migrates.</summary>
    /// <exception cref="FedSiteException">The folder or the file can't be made, read or migrated.</exception>
    public static StateDatabase Open(string folder)
    {
        var file = Path.Combine(folder, FileName);
        try
        {
            Directory.CreateDirectory(
                folder,
                UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute
            );
            MakePrivate(file);
            var database = new StateDatabase(
                folder,
                new SqliteConnectionStringBuilder { DataSource = file, DefaultTimeout = 30 }.ToString()
            );
            database.Migrate();
            return database;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw StateException.From(e, file);
        }
    }

    /// <summary>The folder may be older than this program and open to others; the file, which names users, is not.</summary>
    private static void MakePrivate(string file)
    {
        if (!File.Exists(file))
        {
            var options = new FileStreamOptions
            {
                Mode = FileMode.OpenOrCreate,
                Access = FileAccess.Write,
                UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite,
            };
            new FileStream(file, options).Dispose();
        }
    }

    /// <summary>An open connection; the caller disposes of it.</summary>
    /// <exception cref="StateException">The file can't be used.</exception>
    public SqliteConnection Connect()
    {
        var connection = new SqliteConnection(_connectionString);
        try
        {
            connection.Open();
            // FULL: a window that was recorded as good must survive a power cut.
            connection.Execute("pragma journal_mode = wal; pragma synchronous = full; pragma foreign_keys = on");
            return connection;
        }
        catch (SqliteException e)
        {
            connection.Dispose();
            throw StateException.From(e, connection.DataSource);
        }
    }

    private void Migrate()
    {
        using var connection = Connect();
        var result = DeployChanges
            .To.SqliteDatabase(_connectionString)
            .WithScriptsEmbeddedInAssembly(
                typeof(StateDatabase).Assembly,
                name => name.EndsWith(".sql", StringComparison.Ordinal)
            )
            .WithTransactionPerScript()
            .LogTo(new NoOpUpgradeLog())
            .Build()
            .PerformUpgrade();
        // 1: the SQL itself is wrong for this database.
        if (result.Error is SqliteException { SqliteErrorCode: not 1 } failure)
        {
            throw StateException.From(failure, connection.DataSource);
        }

        if (!result.Successful)
        {
            throw new FedSiteException(
                $"The state database in {Folder} can't be brought up to date: {result.Error.Message}",
                "Was it written by a newer fedsite? Otherwise move the file away; the next run starts with a new one.",
                inner: result.Error
            );
        }
    }
}
