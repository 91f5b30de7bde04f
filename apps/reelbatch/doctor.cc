#include "apps/reelbatch/doctor.h"

#include <fmt/format.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>

#include "apps/reelbatch/terminal.h"
#include "base/units.h"
#include "engine/known_models.h"
#include "inference/model_folder.h"
#include "inference/openvino/openvino_model.h"
#include "inference/triton/triton_server.h"
#include "media/libraries.h"
#include "store/libraries.h"

namespace reelbatch::app {
namespace {

namespace fs = std::filesystem;

struct Codec {
  const char* name;
  const char* use;
  bool needed;
  const char* package;  // Debian 12
};

constexpr std::array<Codec, 5> kEncoders = {{
    {"libx264", "demo, cuts --split", true, "libx264-164"},
    {"aac", "cuts --split of videos with sound", true, "libavcodec59"},
    {"mjpeg", "cuts --images", true, "libavcodec59"},
    {"png", "cuts --images --image-format png", true, "libavcodec59"},
    {"libvpx-vp9", "test clips in WebM", false, "libvpx7"},
}};

constexpr std::array<Codec, 9> kDecoders = {{
    {"h264", "MP4, MOV, MKV", true, "libavcodec59"},
    {"hevc", "MP4, MOV, MKV", true, "libavcodec59"},
    {"mpeg4", "AVI, MP4", true, "libavcodec59"},
    {"mpeg2video", "MPEG, TS, VOB", true, "libavcodec59"},
    {"vp8", "WebM", true, "libavcodec59"},
    {"vp9", "WebM", true, "libavcodec59"},
    {"libdav1d", "AV1 in WebM and MP4", false, "libdav1d6"},
    {"theora", "Ogg", true, "libavcodec59"},
    {"prores", "MOV", true, "libavcodec59"},
}};

template <size_t N>
Finding ExamineCodecs(std::string name, const std::array<Codec, N>& codecs,
                      bool (*has)(const std::string&)) {
  Finding finding{.name = std::move(name), .detail = "", .remedy = ""};
  for (const Codec& codec : codecs) {
    const bool there = has(codec.name);
    finding.detail +=
        fmt::format("{}{}{}", finding.detail.empty() ? "" : ", ", there ? "" : "no ", codec.name);
    if (there) continue;
    if (codec.needed || finding.health == Health::kGood) {
      finding.health = codec.needed ? Health::kMissing : Health::kPoor;
    }
    finding.remedy += fmt::format("{}apt-get install --reinstall ffmpeg {}  (for {})",
                                  finding.remedy.empty() ? "" : "; ", codec.package, codec.use);
  }
  return finding;
}

}  // namespace

std::string_view HealthName(Health health) {
  switch (health) {
    case Health::kGood:
      return "good";
    case Health::kPoor:
      return "poor";
    case Health::kMissing:
      return "missing";
  }
  return "missing";
}

std::vector<Finding> ExamineMachine(const measure::Machine& machine, std::string_view simd) {
  std::string cores = fmt::format("{} of {}", machine.cores_allowed, machine.cores_online);
  if (machine.cpu_quota)
    cores += fmt::format(" (quota of this container: {:.3g})", *machine.cpu_quota);
  std::string memory =
      fmt::format("{} available of {}", base::FormatBytes(machine.memory_available),
                  base::FormatBytes(machine.memory_total));
  if (machine.memory_limit)
    memory +=
        fmt::format(" (limit of this container: {})", base::FormatBytes(*machine.memory_limit));
  Finding memory_finding{.name = "memory", .detail = memory, .remedy = ""};
  constexpr int64_t kTight = int64_t{512}
                             << 20;  // one 4K video with its decoder fits in half of it
  if (machine.memory_available < kTight) {
    memory_finding.health = Health::kPoor;
    memory_finding.remedy = "free memory, or process small videos only with --videos-in-flight 1";
  }
  return {{.name = "cpu",
           .detail = fmt::format("{}; vector instructions: {}", machine.cpu_model, simd),
           .remedy = ""},
          {.name = "cores", .detail = cores, .remedy = ""},
          memory_finding};
}

Finding ExamineOut(const fs::path& out) {
  Finding finding{.name = "--out", .detail = "", .remedy = ""};
  std::error_code error;
  fs::path folder = fs::absolute(out, error).lexically_normal();
  while (!fs::exists(folder, error) && folder.has_relative_path()) folder = folder.parent_path();
  const std::string name = ShellQuote(folder.native());
  if (!fs::is_directory(folder, error)) {
    finding.health = Health::kMissing;
    finding.detail = fmt::format("{} is not a folder", name);
    finding.remedy = "choose another --out";
    return finding;
  }
  if (access(folder.c_str(), W_OK | X_OK) != 0) {
    finding.health = Health::kMissing;
    finding.detail = fmt::format("{} cannot be written: {}", name, std::strerror(errno));
    finding.remedy = fmt::format("chmod u+w {}, or choose another --out", name);
    return finding;
  }
  struct statvfs space{};
  if (statvfs(folder.c_str(), &space) != 0) {
    finding.detail = fmt::format("{} can be written", name);
    return finding;
  }
  const auto free_bytes =
      static_cast<int64_t>(space.f_bavail) * static_cast<int64_t>(space.f_frsize);
  finding.detail = fmt::format("{} can be written, {} free", name, base::FormatBytes(free_bytes));
  constexpr int64_t kUseless = int64_t{1} << 20;
  constexpr int64_t kTight = int64_t{100} << 20;  // results take about 100 bytes per frame
  if (free_bytes < kTight) {
    finding.health = free_bytes < kUseless ? Health::kMissing : Health::kPoor;
    finding.remedy = "free space, or choose another --out";
  }
  return finding;
}

std::vector<Finding> ExamineLibraries() {
  std::string libraries = media::FfmpegRelease();
  for (const media::LibraryVersion& library : media::FfmpegLibraries()) {
    libraries += fmt::format(", {} {}", library.name, library.version);
  }
  return {{.name = "FFmpeg", .detail = libraries, .remedy = ""},
          ExamineCodecs("encoders", kEncoders, media::HasEncoder),
          ExamineCodecs("decoders", kDecoders, media::HasDecoder),
          {.name = "SQLite", .detail = store::SqliteVersion(), .remedy = ""},
          {.name = "libzip", .detail = store::LibzipVersion(), .remedy = ""}};
}

std::vector<Finding> ExamineModels(const engine::ModelPlaces& places,
                                   const engine::Catalog& catalog) {
  std::string components;
  for (const engine::KnownModel& known : engine::KnownModels(catalog))
    components += fmt::format("{}{}", components.empty() ? "" : ", ", known.component);
  Finding engine{.name = "engine", .detail = "", .remedy = ""};
  if (const auto found = inference::OpenVinoEngine(engine::EngineFolders(places))) {
    engine.detail = *found;
  } else {
    engine.health = Health::kPoor;
    engine.detail = found.error().Text();
    engine.remedy =
        fmt::format("reelbatch models fetch  (optional: only {} need models)", components);
  }
  Finding client{.name = "servers", .detail = "Triton and its like, over gRPC", .remedy = ""};
  if (!inference::TritonIsBuiltIn()) {
    client = {.name = "servers",
              .health = Health::kPoor,
              .detail = "no gRPC: models cannot be served",
              .remedy =
                  "apt-get install libgrpc++-dev libprotobuf-dev protobuf-compiler "
                  "protobuf-compiler-grpc, then build again"};
  }
  Finding found{.name = "models", .detail = "", .remedy = ""};
  for (const engine::KnownModel& known : engine::KnownModels(catalog)) {
    const auto folder = inference::ReadModelFolder(places.folder / known.name);
    const std::string version =
        folder ? OneLine(folder->description.used.model_version) : "missing";
    found.detail += fmt::format("{}{} {} (for {})", found.detail.empty() ? "" : ", ", known.name,
                                version, known.component);
    if (folder) continue;
    found.health = Health::kPoor;
    found.remedy =
        fmt::format("reelbatch models fetch  (optional: only {} need models)", components);
  }
  return {engine, client, found};
}

}  // namespace reelbatch::app
