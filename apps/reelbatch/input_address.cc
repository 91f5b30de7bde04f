#include "apps/reelbatch/input_address.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "apps/reelbatch/terminal.h"
#include "store/text.h"

namespace reelbatch::app {
namespace {

namespace fs = std::filesystem;

/// "https" of https://host/x, in lower case; empty where the text begins with no scheme.
std::string SchemeOf(std::string_view text) {
  std::string scheme(text.substr(0, std::min(text.find(':'), text.size())));
  if (scheme.size() == text.size() || scheme.size() < 2) return "";
  for (char& c : scheme) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c + 32);
    const bool letter = c >= 'a' && c <= 'z';
    if (!letter && !(c >= '0' && c <= '9') && c != '+' && c != '-' && c != '.') return "";
  }
  return scheme.front() >= 'a' && scheme.front() <= 'z' ? scheme : "";
}

struct Remedy {
  std::string_view scheme;
  std::string_view command;  // {} stands for the address
};

constexpr std::array kRemedies = std::to_array<Remedy>({
    {"http", "download it first: curl -LO {}"},
    {"https", "download it first: curl -LO {}"},
    {"ftp", "download it first: curl -LO {}"},
    {"ftps", "download it first: curl -LO {}"},
    {"sftp", "download it first: curl -O {}"},
    {"s3", "download it first: aws s3 cp {} ."},
    {"gs", "download it first: gcloud storage cp {} ."},
    {"az", "download it first with azcopy"},
    {"hdfs", "download it first: hdfs dfs -get {}"},
    {"smb", "mount the share and use the path of the file"},
    {"nfs", "mount the share and use the path of the file"},
    {"magnet", "download it first with a torrent program"},
});

std::string RemedyOf(std::string_view scheme, std::string_view address) {
  const auto known = std::ranges::find(kRemedies, scheme, &Remedy::scheme);
  const std::string quoted = ShellQuote(address);
  // What streams is recorded rather than downloaded.
  std::string command = "record it into a file first: ffmpeg -i {} -c copy clip.mkv";
  if (known != kRemedies.end()) command = known->command;
  const size_t place = command.find("{}");
  return place == std::string::npos ? command : command.replace(place, 2, quoted);
}

std::unexpected<base::Error> RefuseInputAddress(std::string reason) {
  return base::Fail(base::Code::kInvalidArgument, std::move(reason));
}

}  // namespace

bool IsAddress(const std::string& name) {
  const std::string scheme = SchemeOf(name);
  if (scheme.empty()) return false;
  const std::string_view rest = std::string_view(name).substr(scheme.size() + 1);
  const bool written_so =
      rest.starts_with("//") || (scheme == "file" && rest.starts_with('/')) || scheme == "magnet";
  std::error_code error;
  return written_so && !fs::exists(fs::symlink_status(name, error));
}

base::Result<fs::path> PathOfAddress(std::string_view address) {
  const std::string scheme = SchemeOf(address);
  if (scheme != "file") {
    return RefuseInputAddress("reelbatch cannot read from network addresses; " +
                              RemedyOf(scheme, address));
  }
  std::string_view rest = address.substr(scheme.size() + 1);
  if (rest.starts_with("//")) {
    rest.remove_prefix(2);
    const size_t slash = std::min(rest.find('/'), rest.size());
    const std::string host(rest.substr(0, slash));
    std::string lower = host;
    for (char& c : lower) c = c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c;
    if (!lower.empty() && lower != "localhost") {
      return RefuseInputAddress(
          fmt::format("names a file on another machine ({}); mount its folder and use the path, or "
                      "write file:///PATH for this machine",
                      host));
    }
    rest.remove_prefix(slash);
  }
  auto path = store::PathOfFileUri("file://" + std::string(rest));
  if (!path) {
    return RefuseInputAddress(
        "is not a file address: after file:// there must be an absolute path, in which % is "
        "written as %25");
  }
  if (path->native().find('\0') != std::string::npos)
    return RefuseInputAddress("has a zero byte (%00) in the file name, which is not possible");
  return std::move(*path);
}

}  // namespace reelbatch::app
