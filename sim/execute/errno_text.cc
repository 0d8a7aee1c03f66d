// Copyright 2026 The Pteron Authors. SPDX-License-Identifier: Apache-2.0
#include <cerrno>
#include <utility>

#include <fmt/format.h>

#include "sim/execute/statement_runner.h"

namespace pteron::execute {

std::string ErrnoText(int error) {
  static constexpr std::pair<int, const char*> kNames[] = {
      {EPERM, "EPERM"},   {ENOENT, "ENOENT"}, {ESRCH, "ESRCH"},   {EINTR, "EINTR"},   {EIO, "EIO"},       {EBADF, "EBADF"},
      {EAGAIN, "EAGAIN"}, {ENOMEM, "ENOMEM"}, {EACCES, "EACCES"}, {EFAULT, "EFAULT"}, {EBUSY, "EBUSY"},   {EEXIST, "EEXIST"},
      {ENODEV, "ENODEV"}, {EINVAL, "EINVAL"}, {ENFILE, "ENFILE"}, {EMFILE, "EMFILE"}, {ENOTTY, "ENOTTY"}, {ETXTBSY, "ETXTBSY"},
      {EFBIG, "EFBIG"},   {ENOSPC, "ENOSPC"}, {EROFS, "EROFS"},   {ENOSYS, "ENOSYS"}, {EOPNOTSUPP, "EOPNOTSUPP"},
      {EHWPOISON, "EHWPOISON"}, {EOVERFLOW, "EOVERFLOW"}, {EDOM, "EDOM"}, {ERANGE, "ERANGE"},
  };
  for (const auto& [number, name] : kNames) {
    if (number == -error) return fmt::format("-{}", name);
  }
  return fmt::format("-E{}", -error);
}

}  // namespace pteron::execute
