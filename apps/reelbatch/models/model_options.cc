#include "apps/reelbatch/models/model_options.h"

#include <array>
#include <chrono>
#include <utility>

#include "apps/reelbatch/console.h"
#include "base/units.h"

namespace reelbatch::app {
namespace {

namespace fs = std::filesystem;

Option TextOption(std::string name, std::string value_name, std::string help, std::string& target) {
  Option option{
      .name = std::move(name), .value_name = std::move(value_name), .help = std::move(help)};
  option.set = [&target](const std::string& text) -> base::Status {
    target = text;
    return {};
  };
  return option;
}

/// "authorization: Bearer ..", as curl takes it.
Option HeaderOption(inference::TritonOptions& options) {
  Option option{.name = "triton-header",
                .value_name = "NAME:VALUE",
                .help = "Send this header with every request, e.g. 'authorization: Bearer TOKEN'"};
  option.set = [&options](const std::string& text) -> base::Status {
    const size_t colon = text.find(':');
    if (colon == std::string::npos || colon == 0)
      return base::Fail(base::Code::kInvalidArgument, "takes NAME:VALUE");
    const size_t begin = text.find_first_not_of(' ', colon + 1);
    options.headers.emplace_back(text.substr(0, colon),
                                 begin == std::string::npos ? "" : text.substr(begin));
    return {};
  };
  return option;
}

Option SharedMemoryOption(inference::TritonOptions& options) {
  return ChoiceOption(
      "triton-shared-memory",
      "Send tensors through shared memory: auto (default; if the server supports it), on or off",
      {"auto", "off", "on"},
      [&options](size_t i) { options.shared_memory = static_cast<inference::SharedMemory>(i); });
}

}  // namespace

void AddModelOptions(OptionTable& table, ModelOptions& options) {
  table.Group("Models (components that need one)");
  table.Add(PathOption(
      "models", "DIR",
      "Read models from this folder (default: $REELBATCH_MODELS, else the folder that `models "
      "fetch` uses)",
      options.folder));
  table.Add(
      TextOption("triton-url", "HOST:PORT",
                 "Run models on the Triton server at this gRPC address; grpcs://HOST:PORT uses TLS",
                 options.triton.url));
  Option timeout{.name = "triton-timeout",
                 .value_name = "DUR",
                 .help = "Stop a request to the server after this time (default 60s)"};
  timeout.set = [&options](const std::string& text) -> base::Status {
    const auto seconds = base::ParseSeconds(text);
    if (!seconds) return std::unexpected(seconds.error());
    if (*seconds <= 0) return base::Fail(base::Code::kInvalidArgument, "must be more than 0");
    options.triton.request_timeout =
        std::chrono::round<base::Nanoseconds>(std::chrono::duration<double>(*seconds));
    return {};
  };
  table.Add(std::move(timeout));
  table.Add(SharedMemoryOption(options.triton));
  table.Add(HeaderOption(options.triton));
  std::array<std::pair<const char*, fs::path*>, 3> files{
      {{"triton-tls-ca", &options.triton.tls_ca},
       {"triton-tls-cert", &options.triton.tls_cert},
       {"triton-tls-key", &options.triton.tls_key}}};
  constexpr std::array kHelp = {
      "Trust the certificate authorities in this PEM file (default: those of the system)",
      "Send this client certificate (PEM) if the server asks for one",
      "Use this private key (PEM) for --triton-tls-cert"};
  for (size_t k = 0; k < files.size(); ++k) {
    Option file{.name = files[k].first, .value_name = "FILE", .help = kHelp[k]};
    file.set = [&options, target = files[k].second](const std::string& text) -> base::Status {
      options.triton.tls = true;
      *target = text;
      return {};
    };
    table.Add(std::move(file));
  }
}

base::Status CheckModelOptions(const ModelOptions& options, engine::Executor executor) {
  if (executor == engine::Executor::kTriton && options.triton.url.empty()) {
    return base::Fail(base::Code::kInvalidArgument, "needs --triton-url HOST:PORT",
                      "--executor triton");
  }
  if (executor == engine::Executor::kInProcess && !options.triton.url.empty()) {
    return base::Fail(base::Code::kInvalidArgument,
                      "has no effect with --executor inprocess; leave one of them out",
                      "--triton-url");
  }
  return {};
}

std::optional<fs::path> SourceTreeAbove(const fs::path& program) {
  // build/<preset>/reelbatch, and programs of tests one folder below.
  constexpr int kLevels = 4;
  std::error_code error;
  fs::path above = program.parent_path();
  for (int level = 0; level < kLevels && above.has_relative_path(); ++level) {
    if (fs::exists(above / "tools/fetch-models", error)) return above;
    above = above.parent_path();
  }
  return std::nullopt;
}

fs::path UsualModelsFolder() {
  std::error_code error;
  const fs::path program = fs::read_symlink("/proc/self/exe", error);
  if (const auto tree = SourceTreeAbove(program)) return *tree / "models";
  const fs::path beside = program.parent_path();
  // Not the folder where the program is called: the engine is native code.
  for (const fs::path& folder : {beside / "models", beside.parent_path() / "models"}) {
    if (fs::is_directory(folder, error)) return folder;
  }
  constexpr const char* kOurs = "reelbatch/models";
  if (const auto data = Environment("XDG_DATA_HOME"); data && data->starts_with('/'))
    return fs::path(*data) / kOurs;
  if (const auto home = Environment("HOME"); home && !home->empty())
    return fs::path(*home) / ".local/share" / kOurs;
  return "models";
}

fs::path ModelsFolder(const ModelOptions& options) {
  if (options.folder) return *options.folder;
  if (const auto named = Environment("REELBATCH_MODELS"); named && !named->empty()) return *named;
  return UsualModelsFolder();
}

engine::ModelPlaces PlacesOf(const ModelOptions& options) {
  engine::ModelPlaces places{.folder = ModelsFolder(options),
                             .engines = {ModelsFolder({}), UsualModelsFolder()},
                             .triton = options.triton};
  if (const auto named = Environment("REELBATCH_WORKER"); named && !named->empty())
    places.worker_program = *named;
  return places;
}

}  // namespace reelbatch::app
