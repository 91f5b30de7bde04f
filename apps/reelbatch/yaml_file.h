#pragma once

#include <yaml-cpp/yaml.h>

#include <expected>
#include <filesystem>
#include <string>
#include <string_view>

#include "base/result.h"

namespace reelbatch::app {

/// One YAML document from a file, and errors that say where in it.
class YamlFile {
 public:
  /// `what` names the kind of file in errors, for example "configuration file".
  /// Errors: invalid_argument  the file does not exist, is a folder, cannot be read, is larger than
  ///                           1 MiB, is not text, is not YAML, or has more than one document. The
  ///                           message is "file:line:column: reason".
  static base::Result<YamlFile> Read(const std::filesystem::path& path, std::string_view what);

  /// Null where the file holds nothing.
  const YAML::Node& root() const { return root_; }
  std::unexpected<base::Error> Fail(const YAML::Mark& mark, std::string message) const;

 private:
  YamlFile(std::string name, std::string_view what) : name_(std::move(name)), what_(what) {}
  base::Result<std::string> ReadText(const std::filesystem::path& path) const;

  std::string name_;  // as a shell takes it back
  std::string what_;
  YAML::Node root_;
};

}  // namespace reelbatch::app
